"""Who asks for a file, and the one answer to everybody who doesn't get it.

Without a cookie, with one that opens nothing, for what is someone else's and for what doesn't exist: the same status, headers and
words, which depend on nothing but the browser's language.
"""

import traceback
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.access import security_log
from domain.access.actor import Actor
from domain.access.sign_in import actor_of
from domain.kit.errors import DatabaseUnavailable, DomainError, NotAllowed
from domain.kit.texts import N_, _, best_language, language, set_language
from pages._shell import errors, network
from pages._shell.state import COOKIE

NO_STORE = {"Cache-Control": "no-store"}
NOTHING = N_("This file doesn't exist, or it isn't yours to open.")
PERHAPS = N_("If you were signed out meanwhile, sign in and try again.")
BUSY = N_("You have several files on their way already. Please try again when they are here.")
AWAY = N_("The database can't be reached right now. Please try again in a moment.")
BROKEN = N_("Something went wrong here. It was noted, and nothing was changed.")
PAGE = """<!doctype html>
<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Constela</title>
<style>
body {{ font: 16px/1.5 Inter, system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1rem;
  color: #1A2033; background: #FAFAF7 }}
a {{ color: #5B4BC4 }}
@media (prefers-color-scheme: dark) {{ body {{ color: #E9ECF5; background: #0B1020 }} a {{ color: #9C8CFF }} }}
</style></head><body><h1 style="font-size: 20px">{title}</h1><p>{sentence}</p><p><a href="/">{home}</a></p></body></html>
"""


@dataclass(frozen=True)
class Asking:
    """Someone who is signed in, as they were when they asked; in which language, from where."""

    token: str
    actor: Actor
    language: str
    address: str

    def is_still_here(self) -> bool:
        """Whether this very session still stands, in the same role."""
        found = actor_of(self.token)
        return found is not None and found.scope == self.actor.scope


Endpoint = Callable[[Request, Asking], Awaitable[Response]]


def for_signed_in(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """A route for those who are signed in. Everyone else, and whoever is refused, hears that there is nothing."""

    async def answer(request: Request) -> Response:
        try:
            asking = None if request.headers.get("sec-fetch-site") == "cross-site" else await run_in_threadpool(_who, request)
            return await endpoint(request, asking) if asking else nothing(request)
        except DatabaseUnavailable as error:
            errors.note(error)
            return calm(request, 503, AWAY)
        except DomainError as error:
            if isinstance(error, NotAllowed):
                security_log.refused(error)
            return nothing(request)
        except Exception as error:
            note_unexpected(error)
            return calm(request, 500, BROKEN)

    return answer


def _who(request: Request) -> Asking | None:
    token = request.cookies.get(COOKIE)
    actor = actor_of(token) if token else None
    if not token or actor is None:
        return None
    peer = request.client.host if request.client else None
    spoken = best_language(request.query_params.get("lang"), actor.language, _browsers(request))
    return Asking(token, actor, spoken, network.client_address(peer, request.headers))


def note_unexpected(error: Exception) -> None:
    """A line in the log about an error that nobody foresaw: its type and place, never its words, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    place = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(own))
    errors.log.error("%s at %s", type(error).__name__, place)


def nothing(request: Request) -> Response:
    """There is no such file, or it isn't theirs."""
    return calm(request, 404, NOTHING, PERHAPS)


def calm(request: Request, status: int, *sources: str) -> Response:
    """A short page in the browser's language."""
    return HTMLResponse(copy_context().run(_page, _browsers(request), sources), status, headers=NO_STORE)


def _page(spoken: str, sources: tuple[str, ...]) -> str:
    set_language(best_language(spoken))
    title, *rest = (escape(_(each)) for each in sources)
    return PAGE.format(
        tag=language().replace("_", "-"), title=title, sentence=" ".join(rest), home=escape(_("Go to your home page"))
    )


def _browsers(request: Request) -> str:
    """The language that the browser names first."""
    return request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
