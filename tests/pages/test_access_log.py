"""The server's log of requests holds paths, and nothing that stands behind them."""

import asyncio
import io
import logging
import urllib.request
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.logging import AccessFormatter

from pages._shell.access_log import PathsAlone


def test_a_link_for_a_new_password_is_in_no_line_of_the_log() -> None:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(AccessFormatter("%(client_addr)s %(request_line)s %(status_code)s", use_colors=False))
    log = logging.getLogger("uvicorn.access")
    level, log.level = log.level, logging.INFO
    log.addHandler(handler)
    try:
        asyncio.run(_ask("/?reset=a-secret-code"))
    finally:
        log.removeHandler(handler)
        log.level = level
    assert "GET / HTTP/1.1 200" in said.getvalue()
    assert "a-secret-code" not in said.getvalue()


@pytest.mark.parametrize("args", [(), ("127.0.0.1", "GET"), ("127.0.0.1", "GET", 200), ({"a": "/?", "b": "/?", "c": "/?"},)])
def test_a_line_of_another_form_passes_as_it_is(args: Any) -> None:
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "said", args, None)
    before = record.args
    assert PathsAlone().filter(record)
    assert record.args == before


async def _ask(address: str) -> None:
    app = Starlette(routes=[Route("/", lambda _request: PlainTextResponse("here"))])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=10).read())
    server.should_exit = True
    await serving
