"""Tokens that a libSQL server takes: an Ed25519 key pair of the tests' own, and JSON Web Tokens signed with it."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Signer:
    """Signs tokens. A server started with `jwt_key=signer.public_pem` takes them, and no others."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_pem: str = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, claims: dict[str, Any] | None = None, *, expires_in: float | None = None) -> str:
        """A token with these claims: none give every right, `{"a": "ro"}` gives reading only.

        `expires_in` is in seconds from now, and negative for a token that has expired; the server allows a minute of
        difference between clocks, so use -120 or less. None never expires.
        """
        claims = dict(claims or {})
        if expires_in is not None:
            claims["exp"] = int(time.time() + expires_in)
        header = _base64(json.dumps({"alg": "EdDSA", "typ": "JWT"}).encode())
        message = f"{header}.{_base64(json.dumps(claims).encode())}"
        return f"{message}.{_base64(self._key.sign(message.encode()))}"
