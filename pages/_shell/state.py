"""The only user of st.session_state: what a browser's session remembers between two runs, under names that mean something."""

import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import ScriptRunContext, get_script_run_ctx

from domain.access.actor import Actor
from domain.kit.findings import Finding

COOKIE = "constela_session"
DEVICE = "constela_device"  # the cookie by which this browser is known for those who signed in there
LEAVING = "constela_leaving"
TOKEN = "constela_token"  # noqa: S105 -- the name under which a test puts a token, where there is no browser with a cookie
ACTOR_LASTS = 1.0  # seconds, in a callback and in a fragment's own rerun: one look-up, and still a new one for each click

_ACTOR, _MET, _LANGUAGE, _TOASTS, _TROUBLE, _FINDINGS, _TICKET = (
    "constela_actor",
    "constela_met",
    "constela_language",
    "constela_toasts",
    "constela_trouble",
    "constela_findings",
    "constela_ticket",
)


def _kept() -> MutableMapping[Any, Any]:
    return st.session_state


# What widgets that are typed or chosen into hold, by Streamlit's own names; buttons can't be set.
_TYPED = {f"{kind}_value" for kind in ("string", "int", "double", "bool", "double_array", "int_array", "string_array")}
_AWAY, _ASIDE = "constela_away", "constela_aside"


def keep_typed(place: str) -> None:
    """The page at this place can't be drawn now: what its widgets hold is to be there when it can.

    The run must end by an error or by `st.stop`, after which Streamlit still knows the widgets' values. The browser forgets them.
    """
    _kept()[_AWAY] = place


def give_back_typed(place: str) -> None:
    """Put what `keep_typed` kept into the widgets that are about to be drawn, if it is the same place."""
    context = get_script_run_ctx()
    if _kept().pop(_AWAY, None) != place or context is None:
        return
    for key, held in _typed(context).items():
        _kept()[key] = held


def put_typed_aside(place: str) -> None:
    """Keep what the widgets of the page at this place hold, while others are drawn in its stead, for however many runs."""
    context = get_script_run_ctx()
    if context is not None and _ASIDE not in _kept():
        _kept()[_ASIDE] = (place, _typed(context))


def bring_typed_back(place: str) -> None:
    """Put what was kept aside into the widgets that are about to be drawn, if it is the same place."""
    of_place, held = _kept().pop(_ASIDE, ("", {}))
    if of_place == place:
        _kept().update(held)


def _typed(context: ScriptRunContext) -> dict[str, Any]:
    """What the widgets that were drawn last hold, by key."""
    inner = context.session_state._state
    keys, found = inner._key_id_mapper.id_key_mapping, {}
    for widget, metadata in list(inner._new_widget_state.widget_metadata.items()):
        key = keys.get(widget)
        if key is not None and key in inner and metadata.value_type in _TYPED and not isinstance(inner[key], Mapping):
            found[key] = inner[key]
    return found


def token() -> str | None:
    """What proves who this browser is: its cookie."""
    found = st.context.cookies.get(COOKIE)
    return found if isinstance(found, str) and found else _kept().get(TOKEN)


def device() -> str:
    """What this browser shows of those who signed in there before: what it got since its page was loaded, else its cookie."""
    given, found = _kept().get(DEVICE), st.context.cookies.get(DEVICE)
    return str(given or found or "")


@dataclass
class _Run:
    """What is known for as long as one run of the script lasts."""

    token: str | None = None
    actor: Actor | None = None
    asked: bool = False


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def one_run() -> Iterator[None]:
    """A run of the script: whoever is looked up in it is known until it ends, however long it takes, and no longer.

    A callback runs just before its run, so whom it looked up is taken over.
    """
    kept = _Run(token(), remembered_actor())
    forget_actor()
    before = _run.set(kept)
    try:
        yield
    finally:
        _run.reset(before)


def remember_actor(actor: Actor | None) -> None:
    """Keep who was looked up, for the rest of this run."""
    run = _run.get()
    if run is None:
        _kept()[_ACTOR] = (time.monotonic(), token(), actor)
    else:
        run.token, run.actor, run.asked = token(), actor, True


def remembered_actor() -> Actor | None:
    """Who was looked up in this run for this very token; None if it must be asked again."""
    run = _run.get()
    if run is not None:
        return run.actor if run.token == token() else None
    moment, of_token, actor = _kept().get(_ACTOR, (0.0, None, None))
    fresh = time.monotonic() - moment < ACTOR_LASTS and of_token == token()
    return actor if fresh else None


def is_first_look() -> bool:
    """Whether this browser's session comes to this process for the first time: what it wrote elsewhere may not be here yet."""
    if _kept().get(_MET):
        return False
    _kept()[_MET] = True
    return True


def asked_in_this_run() -> bool:
    """Whether the database was asked in this very run who is here."""
    run = _run.get()
    return run is not None and run.asked


def forget_actor() -> None:
    """Make the next question about the actor ask the database."""
    run = _run.get()
    if run is not None:
        run.actor = None
    _kept().pop(_ACTOR, None)


def chosen_language() -> str | None:
    """The language picked in this browser since it was opened."""
    return _kept().get(_LANGUAGE)


def choose_language(language: str | None) -> None:
    """Keep the language that was picked; None for none."""
    _kept()[_LANGUAGE] = language


def value(key: str, default: Any = None) -> Any:
    """What a widget holds, or what a page has kept under a key of its own."""
    return _kept().get(key, default)


def put(key: str, kept: Any) -> None:
    """Keep plain data under a key of the page's own, or set a widget before it is drawn. Never an ORM object."""
    _kept()[key] = kept


def drop(*keys: str) -> None:
    """Forget what stands under these keys."""
    for key in keys:
        _kept().pop(key, None)


def add_toast(message: str, icon: str) -> None:
    """Say something in the next run."""
    _kept().setdefault(_TOASTS, []).append((message, icon))


def take_toasts() -> list[tuple[str, str]]:
    """What was to be said, once."""
    found: list[tuple[str, str]] = _kept().pop(_TOASTS, [])
    return found


def set_trouble(message: str, findings: Sequence[Finding] = ()) -> None:
    """Keep what went wrong in a callback for the page to show, and what rules found."""
    _kept()[_TROUBLE] = message
    _kept()[_FINDINGS] = tuple(findings)


def take_trouble() -> str | None:
    """What went wrong in the last callback, once."""
    found: str | None = _kept().pop(_TROUBLE, None)
    return found


def take_findings() -> tuple[Finding, ...]:
    """What rules found against the last callback, once."""
    found: tuple[Finding, ...] = _kept().pop(_FINDINGS, ())
    return found


def set_ticket(ticket: str) -> None:
    """Keep a one-use ticket for the browser to trade for a cookie in this run."""
    _kept()[_TICKET] = ticket


def is_at_the_door() -> bool:
    """Whether this browser is being let in or out: the cookie that it still has opens nothing, and nobody tries it."""
    return bool(_kept().get(_TICKET) or _kept().get(LEAVING))


def take_ticket() -> str | None:
    """The ticket, once."""
    found: str | None = _kept().pop(_TICKET, None)
    return found
