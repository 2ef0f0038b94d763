"""Asking for files as a browser does: the app's own routes and middleware, without Streamlit, a person's cookie, and no more."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette

from domain.access.roles import Role
from domain.access.sign_in import issue_ticket, redeem
from pages._files.routes import FILES
from pages._shell.routes import ROUTES
from pages._shell.startup import MIDDLEWARE
from pages._shell.state import COOKIE
from tests.conftest import School

APP = Starlette(routes=[*ROUTES, *FILES], middleware=MIDDLEWARE)


def token_of(school: School, role: Role | str) -> str:
    """The cookie of the school's person of a role."""
    token = redeem(issue_ticket(school.people[Role(role)], Role(role)))
    assert token
    return token


def get(path: str, token: str | None = None, *, method: str = "GET", **headers: str) -> httpx.Response:
    """What a browser with this cookie gets; it speaks English unless told otherwise."""
    said = {"accept-language": "en-GB,en;q=0.8", **{name.replace("_", "-"): text for name, text in headers.items()}}
    if token:
        said["cookie"] = f"{COOKIE}={token}"

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://localhost", headers=said) as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """All that an answer tells: status, headers, body."""
    return answer.status_code, sorted(answer.headers.items()), answer.content
