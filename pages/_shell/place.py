"""Whether the browser is on this very machine. Asked before a school is founded and before one-click people are offered."""

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "X-Forwarded-Host", "Via")
OWN_NAMES = {"localhost", "127.0.0.1", "::1"}


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own. None is what Streamlit says of localhost; nonsense is not."""
    if address is None:
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def host_name(host: str | None) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        return ""


def is_here() -> bool:
    """Whether the browser came straight from this machine, under one of its own names.

    A proxy on this machine would make everybody look local, so that any trace of one counts as elsewhere; so does a foreign
    name in Host, which is how a page elsewhere reaches a local server (DNS rebinding).
    """
    headers = st.context.headers
    if any(headers.get(name) for name in FORWARDED):
        return False
    host = headers.get("Host")
    return is_loopback(st.context.ip_address) and (host is None or host_name(host) in OWN_NAMES)


def demo_is_open() -> bool:
    """Whether the invented school's people may be entered by one click from here."""
    return os.environ.get("CONSTELA_DEMO") == "1" or is_here()
