"""An identity provider that hands out whatever a hostile or a broken one would: each test says what."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
CLIENT, SECRET = "constela", "a secret that the hostile provider knows as well"
Claims = dict[str, Any]


def signed(claims: Claims, *, key: Any = KEY, **header: Any) -> str:
    """A token, signed with a key by an algorithm."""
    registry = jws.JWSRegistry(algorithms=["RS256", "HS256"], strict_check_header=False)
    said = {"alg": "RS256", "kid": "one", **header}
    return jws.serialize_compact(said, json.dumps(claims).encode(), key, registry=registry)


def unsigned(claims: Claims) -> str:
    """A token of the algorithm "none"."""
    said = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in said) + "."


def by_public_key(claims: Claims) -> str:
    """A token whose secret is what everybody knows: the provider's public key, as text."""
    return signed(claims, key=OctKey.import_key(KEY.as_pem(private=False)), alg="HS256")


def by_client_secret(claims: Claims) -> str:
    """A token signed with the secret that the client has too, which the standard allows."""
    return signed(claims, key=OctKey.import_key(SECRET), alg="HS256")


@dataclass
class Hostile:
    """The provider's address, and what it does until `behave` is called again."""

    issuer: str
    claims: Claims = field(default_factory=dict)
    without: tuple[str, ...] = ()
    sign: Callable[[Claims], str] = signed
    metadata: Claims = field(default_factory=dict)
    answer: Claims = field(default_factory=dict)
    told: Claims | None = None
    nonce: str = ""

    def behave(self, **given: Any) -> "Hostile":
        """Be what the standard asks for, but for this."""
        usual = {"claims": {}, "without": (), "sign": signed, "metadata": {}, "answer": {}, "told": None}
        for name, value in {**usual, **given}.items():
            setattr(self, name, value)
        return self

    def token(self) -> str:
        """The token that it hands out now."""
        moment = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT, "sub": "someone", "iat": moment, "exp": moment + 300, "nonce": self.nonce}
        usual |= {"email": "someone@example.com", "email_verified": True}
        claims = {name: value for name, value in {**usual, **self.claims}.items() if name not in self.without}
        return self.sign(claims)

    def configuration(self) -> Claims:
        """What it says of itself."""
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return {name: value for name, value in {**usual, **self.metadata}.items() if value is not None}

    def granted(self) -> Claims:
        """Its answer to any code at all, however often."""
        usual = {"access_token": "anything", "token_type": "Bearer", "expires_in": 300, "id_token": self.token()}
        return {name: value for name, value in {**usual, **self.answer}.items() if value is not None}


class _Answers(BaseHTTPRequestHandler):
    provider: Hostile

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.provider.nonce = asked.get("nonce", "")
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': 'any', 'state': asked['state']})}")
            self.end_headers()
        elif parts.path == "/keys":
            self._say({"keys": [KEY.as_dict(private=False)]})
        elif parts.path == "/userinfo":
            self._say(self.provider.told or {})
        else:
            self._say(self.provider.configuration())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._say(self.provider.granted())

    def _say(self, content: Claims) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        pass


@contextmanager
def hostile() -> Iterator[Hostile]:
    """Start one on loopback, and end it afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    provider = Hostile(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Answers", (_Answers,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
