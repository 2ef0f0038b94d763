"""Who is at the other end of a request, over which protocol and by which name: plain functions of what was sent.

`CONSTELA_PROXIES` names the addresses or networks of proxies on other machines, `10.0.0.5, 10.1.0.0/16`: what they say of a
browser is believed. A proxy on this machine always is (uvicorn does so by itself). `CONSTELA_HOSTS` lists the names by which the
app may be called, `school.example.org, *.example.org`.
"""

import os
import socket
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

OWN_MACHINE = ("127.0.0.0/8", "::1/128")
Headers = Mapping[str, str]


@lru_cache(maxsize=8)
def _networks(said: str) -> tuple[IPv4Network | IPv6Network, ...]:
    found = [ip_network(each) for each in OWN_MACHINE]
    for each in said.replace(",", " ").split():
        try:
            found.append(ip_network(each, strict=False))
        except ValueError:
            continue  # what names no network is believed nothing
    return tuple(found)


def is_proxy(address: str) -> bool:
    """Whether what comes from this address may speak for others."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in _networks(os.environ.get("CONSTELA_PROXIES", "")))


def is_own_machine(address: str) -> bool:
    """Whether an address is this very machine's."""
    return _is_own(address)


def client_address(peer: str | None, headers: Headers) -> str:
    """The browser's address: where a proxy speaks, the last one in X-Forwarded-For that is no proxy's; else the peer's."""
    found = peer or "127.0.0.1"
    for each in reversed((headers.get("X-Forwarded-For") or "").split(",")):
        if not is_proxy(found):
            break
        try:
            found = str(ip_address(each.strip()))
        except ValueError:
            break
    return found


def is_https(scheme: str, peer: str | None, headers: Headers) -> bool:
    """Whether the browser speaks TLS, to us or to a proxy that we believe."""
    said = (headers.get("X-Forwarded-Proto") or "").split(",")[-1].strip()
    return scheme in {"https", "wss"} or (said == "https" and is_proxy(peer or "127.0.0.1"))


def host_allowed(host: str | None, served_at: str | None) -> bool:
    """Whether the app may be called by this name (a Host header).

    Without the setting: by any name where it is served at this machine's own address, which is for a proxy in front of it to
    decide; elsewhere by an IP address or the machine's own name, for a foreign name that leads here is how a page elsewhere would
    reach into the network (DNS rebinding).
    """
    try:
        name = (urlsplit(f"//{host or ''}").hostname or "").rstrip(".")
    except ValueError:
        return False
    names = os.environ.get("CONSTELA_HOSTS", "").replace(",", " ").lower().split()
    if names:
        return any(name == each or (each.startswith("*.") and name.endswith(each[1:])) for each in names) or _is_own(name)
    return _is_own(served_at or "") or _is_own(name) or _is_address(name) or name in _machine_names()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_own(name: str) -> bool:
    """Whether a name is this machine's for itself, by which only itself can call it."""
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)


@lru_cache(maxsize=1)
def _machine_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local"})


def is_own_page(headers: Headers) -> bool:
    """Whether a page of this very origin asks: browsers say so in headers that pages can't forge. Who says nothing is refused."""
    fetch_site = headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return origin_is_own(headers, silent=False)


def origin_is_own(headers: Headers, *, silent: bool) -> bool:
    """Whether the Origin header names the host that is asked; `silent`: what is answered where there is none."""
    origin = headers.get("Origin")
    if origin is None:
        return silent
    try:
        return bool(origin) and urlsplit(origin).netloc == headers.get("Host")
    except ValueError:
        return False
