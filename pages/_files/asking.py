"""Who asks for a file, and the one answer to everybody who doesn't get it.

Without a cookie, with one that opens nothing, for what is someone else's and for what doesn't exist: the same status, headers and
words, which depend on nothing but the browser's language.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.access import security_log
from domain.access.actor import Actor
from domain.access.sign_in import actor_of
from domain.kit.errors import DatabaseUnavailable, DomainError
from domain.kit.texts import N_, best_language
from pages._shell import errors, network
from pages._shell.calm import AWAY, BROKEN, browsers_language, calm, note_unexpected
from pages._shell.state import COOKIE

NOTHING = N_("This file doesn't exist, or it isn't yours to open.")
PERHAPS = N_("If you were signed out meanwhile, sign in and try again.")
BUSY = N_("You have several files on their way already. Please try again when they are here.")


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
Route = Callable[[Request], Awaitable[Response]]
Asked = TypeVar("Asked")


def for_signed_in(endpoint: Endpoint) -> Route:
    """A route for those who are signed in. Everyone else, and whoever is refused, hears that there is nothing."""
    return for_known(_who, endpoint)


def for_known(who: Callable[[Request], Asked | None], endpoint: Callable[[Request, Asked], Awaitable[Response]]) -> Route:
    """A route for whom `who` knows, by cookie or by the address. To everyone else, and who is refused, there is nothing."""

    async def answer(request: Request) -> Response:
        try:
            asking = None if request.headers.get("sec-fetch-site") == "cross-site" else await run_in_threadpool(who, request)
            return await endpoint(request, asking) if asking else nothing(request)
        except DatabaseUnavailable as error:
            errors.note(error)
            return calm(request.headers, 503, AWAY)
        except DomainError as error:
            security_log.refused(error)
            return nothing(request)
        except Exception as error:
            note_unexpected(error)
            return calm(request.headers, 500, BROKEN)

    return answer


def _who(request: Request) -> Asking | None:
    token = request.cookies.get(COOKIE, "")
    actor = actor_of(token) if token else None
    if actor is None:
        return None
    peer = request.client.host if request.client else None
    spoken = best_language(request.query_params.get("lang"), actor.language, browsers_language(request.headers))
    return Asking(token, actor, spoken, network.client_address(peer, request.headers))


def nothing(request: Request) -> Response:
    """There is no such file, or it isn't theirs."""
    return calm(request.headers, 404, NOTHING, PERHAPS)
