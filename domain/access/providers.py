"""Which identity providers people may sign in with, as whoever keeps the server configured them: in the environment, or in
Streamlit's `secrets.toml`. See docs/sign-in.md.

A provider that isn't configured properly isn't offered, and `doctor` says why.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from domain.kit.texts import N_, _

PREFIX = "CONSTELA_OIDC_"
CALLBACK, DISCOVERY = "/oauth2callback", "/.well-known/openid-configuration"
SHORTEST_SECRET = 32
AUTH_METHODS = ("client_secret_basic", "client_secret_post")
SCOPE, PROMPT = "openid email profile", "select_account"
# The claim `acr` by which providers say that more than one factor was asked: OpenID's extended profile, REFEDS, PAPE.
SECOND_FACTOR = (
    "phr",
    "phrh",
    "https://refeds.org/profile/mfa",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
)
FROM_ENVIRONMENT = {
    "CLIENT_ID": "client_id",
    "CLIENT_SECRET": "client_secret",
    "METADATA_URL": "server_metadata_url",
    "ISSUER": "issuer",
    "NAME": "name",
}

NO_REDIRECT = N_("Sign-in by provider: redirect_uri must be this app's address with /oauth2callback at its end, by https.")
NO_SECRET = N_("Sign-in by provider: cookie_secret must be random, of {count} characters or more.")
NO_PROVIDER = N_("Sign-in by provider: there is an [auth] section, but no provider in it.")
UNREADABLE = N_("Sign-in by provider: {file} can't be read as TOML.")
MISSING = N_("Sign-in by provider: {provider} lacks {key}.")
UNDERSCORE = N_("Sign-in by provider: the name {provider} must not contain an underscore.")
NOT_DISCOVERY = N_("Sign-in by provider: server_metadata_url of {provider} must be an https address that ends in {ending}.")
NO_OPENID = N_("Sign-in by provider: the scope of {provider} must contain openid and email.")


@dataclass(frozen=True)
class Provider:
    """An identity provider. `keyed`: its subjects are those that `users.clerk_user_id` holds. Never print it: see `secrets`."""

    key: str
    name: str
    issuer: str
    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = SCOPE
    prompt: str = PROMPT
    auth_method: str = ""
    second_factor: tuple[str, ...] = SECOND_FACTOR
    keyed: bool = False

    def client_kwargs(self) -> dict[str, str]:
        """How it is asked. What else a file may say there, such as not to verify TLS, is left out."""
        usual = {"scope": self.scope, "prompt": self.prompt}
        return usual | ({"token_endpoint_auth_method": self.auth_method} if self.auth_method else {})


@dataclass(frozen=True)
class Setup:
    """What was configured: the providers that can be used, and a line for each thing that is wrong."""

    providers: tuple[Provider, ...] = ()
    redirect_uri: str = ""
    cookie_secret: str = field(default="", repr=False)
    trouble: tuple[str, ...] = ()

    def named(self, key: str) -> Provider | None:
        """The provider of this key, if there is one."""
        return next((each for each in self.providers if each.key == key), None)

    def secrets(self) -> dict[str, Any] | None:
        """What Streamlit's own sign-in is given, and nothing else that may stand in the file; None if nobody can use it."""
        if not self.providers:
            return None
        sections: dict[str, Any] = {
            each.key: {
                "client_id": each.client_id,
                "client_secret": each.client_secret,
                "server_metadata_url": each.metadata_url,
                "client_kwargs": each.client_kwargs(),
            }
            for each in self.providers
        }
        return {"auth": {"redirect_uri": self.redirect_uri, "cookie_secret": self.cookie_secret, **sections}}


def setup() -> Setup:
    """What is configured now: the environment where it names a provider, else the files that Streamlit reads."""
    trouble: list[str] = []
    given = _environment() or _files(trouble)
    if not given:
        return Setup(trouble=tuple(trouble))
    redirect, secret = str(given.get("redirect_uri", "")), str(given.get("cookie_secret", ""))
    if not (redirect.endswith(CALLBACK) and is_safe(redirect)):
        trouble.append(_(NO_REDIRECT))
    if len(secret) < SHORTEST_SECRET:
        trouble.append(_(NO_SECRET).format(count=SHORTEST_SECRET))
    sections = _sections(given)
    if not sections:
        trouble.append(_(NO_PROVIDER))
    if trouble:
        return Setup(trouble=tuple(trouble))
    only = next(iter(sections)) if len(sections) == 1 else "clerk"
    found = [_provider(key, section, keyed=key == only, trouble=trouble) for key, section in sections.items()]
    return Setup(tuple(each for each in found if each), redirect, secret, tuple(trouble))


def _environment() -> dict[str, Any]:
    told = {name.removeprefix(PREFIX): value for name, value in os.environ.items() if name.startswith(PREFIX) and value}
    if not told.keys() & FROM_ENVIRONMENT.keys():
        return {}
    provider: dict[str, Any] = {key: told[name] for name, key in FROM_ENVIRONMENT.items() if name in told}
    provider["client_kwargs"] = {
        key.lower(): told[key] for key in ("SCOPE", "PROMPT", "TOKEN_ENDPOINT_AUTH_METHOD") if key in told
    }
    provider["second_factor_acr"] = told["SECOND_FACTOR_ACR"].split() if "SECOND_FACTOR_ACR" in told else None
    both = {"redirect_uri": told.get("REDIRECT_URI", ""), "cookie_secret": told.get("COOKIE_SECRET", "")}
    return {**both, "provider": provider}


def _files(trouble: list[str]) -> Mapping[str, Any]:
    """The section [auth] of the files in which Streamlit looks: the person's, then the program's, which goes before."""
    found: Mapping[str, Any] = {}
    for folder in (Path.home(), Path.cwd()):
        file = folder / ".streamlit" / "secrets.toml"
        try:
            section = tomllib.loads(file.read_text(encoding="utf-8")).get("auth")
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            trouble.append(_(UNREADABLE).format(file=file.name))
            continue
        found = section if isinstance(section, dict) else found
    return found


def _sections(given: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {
        key: value for key, value in given.items() if isinstance(value, dict) and key != "client_kwargs"
    }
    return found or ({"default": given} if "client_id" in given else {})


def _provider(key: str, given: Mapping[str, Any], *, keyed: bool, trouble: list[str]) -> Provider | None:
    before = len(trouble)
    wanted = {name: str(given.get(name) or "").strip() for name in ("client_id", "client_secret", "server_metadata_url")}
    trouble += [_(MISSING).format(provider=key, key=name) for name, value in wanted.items() if not value]
    if "_" in key:
        trouble.append(_(UNDERSCORE).format(provider=key))
    address = wanted["server_metadata_url"]
    if address and not (address.endswith(DISCOVERY) and is_safe(address)):
        trouble.append(_(NOT_DISCOVERY).format(provider=key, ending=DISCOVERY))
    more = given.get("client_kwargs") or {}
    scope = str(more.get("scope") or SCOPE)
    if not {"openid", "email"} <= set(scope.split()):
        trouble.append(_(NO_OPENID).format(provider=key))
    if len(trouble) > before:
        return None
    acr = given.get("second_factor_acr")
    return Provider(
        key=key,
        name=str(given.get("name") or _usual_name(key, address)),
        issuer=str(given.get("issuer") or address.removesuffix(DISCOVERY)).rstrip("/"),
        metadata_url=address,
        client_id=wanted["client_id"],
        client_secret=wanted["client_secret"],
        scope=scope,
        prompt=str(more.get("prompt") or PROMPT),
        auth_method=method if (method := str(more.get("token_endpoint_auth_method"))) in AUTH_METHODS else "",
        second_factor=SECOND_FACTOR if acr is None else tuple(str(each) for each in acr),
        keyed=keyed,
    )


def _usual_name(key: str, address: str) -> str:
    return (urlsplit(address).hostname or key) if key in {"default", "provider"} else key.capitalize()


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read along: https, or this very machine."""
    try:
        parts = urlsplit(address)
        name = parts.hostname or ""
    except ValueError:
        return False
    return bool(name) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(name)))


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
