"""What an ID token must say before anybody is let in by it (OpenID Connect Core 1.0, 3.1.3.7).

Streamlit and Authlib have checked its signature by the provider's keys, its times and its nonce before. They take the algorithms
that the provider's own metadata names, look at the issuer only if the metadata states one, and let an audience pass that isn't us
if `azp` is: so these are checked here, against what was configured. All of it is asked again, since it costs nothing.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.access.providers import Provider

SIGNED_BY = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in ("256", "384", "512")) | {"EdDSA", "Ed25519"}
LEEWAY = 60  # seconds that two clocks may differ by
OLDEST = 600  # seconds: a token is made for the sign-in that it belongs to
LONGEST = 255  # a subject, by the standard; an e-mail, by the mail system


class Refused(Exception):
    """The token proves nobody. The words are for the log: they name the claim and never its value."""


@dataclass(frozen=True)
class Proven:
    """Whom a token proves. `email` only if the provider says that it is verified. `keyed`: see `Provider`."""

    issuer: str
    subject: str
    email: str = ""
    second_factor: bool = False
    keyed: bool = False


def prove(token: str, provider: Provider, moment: datetime) -> Proven:
    """Whom an ID token of this provider proves. Its signature was checked by the caller. Raises Refused."""
    header, claims = _parts(token)
    seconds = moment.timestamp()
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    subject = claims.get("sub")
    issued, ends = _time(claims, "iat"), _time(claims, "exp")
    checks = {
        "alg": str(header.get("alg")) in SIGNED_BY,
        "iss": _same_issuer(claims.get("iss"), provider.issuer),
        "aud": provider.client_id in audiences,
        "azp": claims.get("azp", provider.client_id) == provider.client_id and (len(audiences) == 1 or "azp" in claims),
        "sub": isinstance(subject, str) and 0 < len(subject) <= LONGEST and subject.isprintable(),
        "exp": ends > seconds - LEEWAY,
        "iat": seconds - OLDEST < issued < seconds + LEEWAY,
        "nonce": isinstance(claims.get("nonce"), str) and bool(claims["nonce"]),
    }
    wrong = [name for name, holds in checks.items() if not holds]
    if wrong:
        raise Refused(", ".join(wrong))
    return Proven(
        issuer=provider.issuer,
        subject=str(subject),
        email=verified_email(claims),
        second_factor=_asked_a_second_factor(claims, provider),
        keyed=provider.keyed,
    )


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        said, claimed, _signature = token.split(".")
        header, claims = (json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (said, claimed))
    except (ValueError, RecursionError) as error:
        raise Refused("form") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Refused("form")
    return header, claims


def _time(claims: Mapping[str, Any], name: str) -> float:
    """A moment in a token; one that isn't a number is compared to nothing."""
    found = claims.get(name)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else float("nan")


def _same_issuer(said: Any, configured: str) -> bool:
    """The metadata's address is the issuer's with an ending, whereby a slash at the issuer's end is lost."""
    return isinstance(said, str) and said.rstrip("/") == configured.rstrip("/")


def verified_email(claims: Mapping[str, Any]) -> str:
    """The e-mail, if the provider says that it is the person's: by `true` and nothing that only looks like it.

    One with letters beyond ASCII is none: some of them become ASCII when they are made small, and so another's address.
    """
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str) or not email.isascii() or len(email) > LONGEST:
        return ""
    return email.strip().lower()


def _asked_a_second_factor(claims: Mapping[str, Any], provider: Provider) -> bool:
    methods = claims.get("amr")
    return (isinstance(methods, list) and "mfa" in methods) or claims.get("acr") in provider.second_factor
