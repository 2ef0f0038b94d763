"""The app's own routes behind its middleware, in this process, without Streamlit: the very lists that `app.py` serves."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pages._shell import startup
from pages._shell.state import COOKIE

HERE = "http://127.0.0.1:8501"
OWN = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}  # what a browser says for a page of ours


def routes() -> list[Route]:
    """All routes of ours."""
    from app import app

    return [each for each in app._user_routes if isinstance(each, Route)]


async def _page(_request: Any) -> PlainTextResponse:
    """Stands for Streamlit's own pages, at every other address."""
    return PlainTextResponse("a page")


class Asker:
    """Asks the app: `ask("POST", "/auth/end", headers=…)`. Nothing is remembered between two questions."""

    def __init__(self) -> None:
        other = Route("/{rest:path}", _page, methods=["GET", "POST"])
        self.app = Starlette(routes=[*routes(), other], middleware=list(startup.MIDDLEWARE))

    def __call__(
        self, method: str, path: str, *, base: str = HERE, peer: str = "127.0.0.1", cookie: str = "", **options: Any
    ) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(peer, 50_000))
            kept = {COOKIE: cookie} if cookie else {}
            async with httpx.AsyncClient(transport=transport, cookies=kept) as client:
                return await client.request(method, base + path, **options)

        return asyncio.run(once())
