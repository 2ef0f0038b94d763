"""A browser's way through a sign-in, without a browser: redirects followed by hand, cookies kept."""

import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

COOKIE_SECRET = "a cookie secret for tests alone, of enough characters"
CERTIFIED, HOSTILE = "certified", "hostile"


def provider_token(key: str) -> str:
    """What Streamlit's button puts into the address: which provider, signed, for two minutes."""
    claims = {"provider": key, "exp": int(time.time()) + 120}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(COOKIE_SECRET))


@dataclass
class Flow:
    """One browser at the app."""

    app: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def leave(self, provider: str = HOSTILE, *, came_from: str = "/") -> str:
        """Press the button; the address at the provider to which the browser is sent."""
        headers = {"Referer": self.app + came_from}
        answer = self.client.get(f"{self.app}/auth/login", params={"provider": provider_token(provider)}, headers=headers)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def at_provider(self, address: str) -> str:
        """Go there; the address to which a provider that asks nothing sends the browser back."""
        return self.client.get(address).headers["location"]

    def back(self, address: str) -> httpx.Response:
        """Come back to the app."""
        answer = self.client.get(address)
        assert answer.status_code == 302, answer.text
        return answer

    def through(self, provider: str = HOSTILE) -> str:
        """All of it at a provider that asks nothing: what the app hands the browser at its end."""
        self.back(self.at_provider(self.leave(provider)))
        return self.arrival

    def sign_in(self, subject: str) -> str:
        """All of it at the certified provider, where this person signs in and agrees."""
        address = self.leave(CERTIFIED)
        for _step in range(12):
            answer = self.client.get(address)
            if answer.status_code == 200:
                form = {"prompt": "login", "login": subject, "password": "any"}
                answer = self.client.post(address, data=form if 'value="login"' in answer.text else {"prompt": "consent"})
            address = str(answer.url.join(answer.headers["location"]))
            if address.startswith(self.app):
                self.back(address)
                return self.arrival
        raise AssertionError("the provider never sent the browser back")

    @property
    def arrival(self) -> str:
        """The code that the browser holds now."""
        return self.client.cookies.get("constela_arrival", domain="127.0.0.1") or ""


def state_of(address: str) -> str:
    """The state in an address."""
    return parse_qs(urlsplit(address).query)["state"][0]
