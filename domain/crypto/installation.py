"""The installation's key, with which the program seals what it must be able to read again by itself, such as an authenticator's
secret: a copy of the database alone tells nothing of it.

`CONSTELA_SECRET_KEY` holds it, a text of at least 32 characters. Unset, it is made at the first need and kept in a file that
only the app's user may read, beside the database's file. Several app processes must share it, and a backup of the database
doesn't hold it.
"""

import hmac
import os
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.kit.errors import DomainError
from domain.kit.texts import N_

SETTING = "CONSTELA_SECRET_KEY"
SHORTEST = 32  # characters
VERSION = "1"
NONCE = 12  # bytes, as AES-GCM wants it
PATIENCE = 2.0  # seconds for another process to finish writing the file that it has just made


class KeyMissing(DomainError):
    """There is no key, and none can be made."""

    source = N_(
        "This installation has no key to seal secrets with. Please ask whoever keeps this server to set CONSTELA_SECRET_KEY to a "
        "text of at least 32 characters."
    )


class OtherKey(DomainError):
    """What is to be opened was sealed with another key, or was changed since."""

    source = N_("This was sealed with another key than the one that this installation has now.")


def key(place: Path) -> bytes:
    """The key of 32 bytes: from the environment, else from this file, which is made if it isn't there. Raises KeyMissing."""
    said = os.environ.get(SETTING, "")
    if said:
        if len(said) < SHORTEST:
            raise KeyMissing
        return sha256(b"constela:" + said.encode()).digest()
    try:
        return _read(place) if place.exists() else _make(place)
    except OSError as error:
        raise KeyMissing from error


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose alone, that follows from this one and tells nothing of it (HMAC-SHA-256)."""
    return hmac.digest(key, purpose.encode(), "sha256")


def seal(key: bytes, secret: str, about: str) -> str:
    """A text sealed (AES-256-GCM). `about` is bound to it: it opens only where the same is said again."""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), about.encode())
    return f"{VERSION}.{_name(key)}.{urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(key: bytes, sealed: str, about: str) -> str:
    """What was sealed. Raises OtherKey."""
    try:
        version, name, text = sealed.split(".")
        raw = urlsafe_b64decode(text)
        if version == VERSION and name == _name(key):
            return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], about.encode()).decode()
    except (ValueError, InvalidTag):
        pass
    raise OtherKey


def fits(key: bytes, sealed: str) -> bool:
    """Whether a text was sealed with this key."""
    return sealed.split(".")[1:2] == [_name(key)]


def _name(key: bytes) -> str:
    """What tells keys apart and nothing of the key."""
    return sha256(b"name:" + key).hexdigest()[:8]


def _read(place: Path) -> bytes:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            found = bytes.fromhex(place.read_text(encoding="ascii").strip())
        except ValueError:
            found = b""
        if len(found) == 32:
            return found
        if time.monotonic() > until:
            raise KeyMissing
        time.sleep(0.01)


def _make(place: Path) -> bytes:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return _read(place)
    made = secrets.token_bytes(32)
    with os.fdopen(file, "w", encoding="ascii") as opened:
        opened.write(f"{made.hex()}\n")
    return made
