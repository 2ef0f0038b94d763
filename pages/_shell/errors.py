"""The one place where what went wrong is told to a person: under its field, or in a calm box; never as a traceback."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from html import escape
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from domain.access import security_log
from domain.kit.errors import (
    DatabaseUnavailable,
    DomainError,
    InvalidInput,
    OutcomeUnknown,
    Problem,
    SavingInterrupted,
)
from domain.kit.findings import Finding, Refused
from pages._shell import cache, state
from pages._shell.cells import plain

log = logging.getLogger("constela")
LOOK_EVERY = 2.0  # seconds between two looks at a database that is away
SAME_NOTED_EVERY = 60.0  # seconds between two lines of the log about one and the same trouble


def show(error: DomainError) -> None:
    """A domain error as a box."""
    st.error(plain(error.message))
    if isinstance(error, InvalidInput):
        st.html("".join(problem_html(each) for each in error.problems))
    _list(findings_of(error))


def findings_of(error: DomainError) -> Sequence[Finding]:
    """What rules found, if it is they who refused."""
    return error.findings if isinstance(error, Refused) else ()


def _list(findings: Sequence[Finding]) -> None:
    """What rules found, with links to what they name."""
    if findings:
        from pages._shell.findings import findings_list

        findings_list(findings, key="refused")


def problem_html(problem: Problem) -> str:
    """What is wrong with a field, as the line under it."""
    return f'<p class="c-problem" role="alert">{escape(problem.message)}</p>'


def telling(callback: Callable[..., Any]) -> Callable[..., Any]:
    """A callback whose DomainError is shown at the top of the page in the run that follows."""

    @wraps(callback)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except DomainError as error:
            security_log.refused(error, state.remembered_actor())
            state.set_trouble(error.message, findings_of(error))
            return None

    return told


def show_pending() -> None:
    """Show what went wrong in the last callback, and say what was to be said."""
    trouble, findings = state.take_trouble(), state.take_findings()
    if trouble:
        st.error(plain(trouble))
        _list(findings)
    for message, icon in state.take_toasts():
        st.toast(plain(message), icon=f":material/{icon}:")


class Fields:
    """A form's fields, each with a place under it for what is wrong.

    `with fields.of("email"): st.text_input(…)` draws one; `with fields.telling(): service(…)` puts an InvalidInput's problems
    under the fields of the same names, and whatever has no field here into a box at the form's end.
    """

    def __init__(self, form: str) -> None:
        self.form = form
        self.slots: dict[str, Any] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """One field: a widget, and the place for its problem."""
        with st.container(key=f"field-{self.form}-{name}", gap=None):
            yield
            self.slots[name] = st.empty()

    def mark(self, problems: list[Problem]) -> None:
        """Show problems at their fields."""
        for name in dict.fromkeys(problem.field for problem in problems):
            lines = [problem_html(problem) for problem in problems if problem.field == name]
            if name in self.slots:
                self.slots[name].html("".join(lines))
            else:
                st.html("".join(lines))

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Do something that may raise a DomainError, and tell it where it belongs."""
        try:
            yield
        except InvalidInput as error:
            self.mark(list(error.problems))
            st.error(plain(error.message))
        except DomainError as error:
            security_log.refused(error, state.remembered_actor())
            st.error(plain(error.message))
            _list(findings_of(error))


_noted: dict[tuple[str, str], float] = {}
_noting = threading.Lock()


def note(error: DatabaseUnavailable) -> None:
    """A line in the log for whoever keeps the server, once a minute for the same trouble however many people meet it.

    In the source language, and not in that of whoever came by.
    """
    told, now = (type(error).__name__, error.detail), time.monotonic()
    with _noting:
        if now - _noted.get(told, -SAME_NOTED_EVERY) < SAME_NOTED_EVERY:
            return
        _noted[told] = now
    said = error.told_to_keeper.format(**error.params)
    log.error("%s: %s%s", type(error).__name__, said, f" ({error.detail})" if error.detail else "")


def look_again() -> None:
    """Keep what is typed, and draw the page anew by itself once the database can be used."""
    state.keep_typed(place())
    state.put(_LOOKED, time.monotonic())
    _look()


def give_back() -> None:
    """The database can be used: before this page is drawn, put back what was typed into it when that was last not so."""
    state.give_back_typed(place())


_LOOKED = "constela_looked"


@st.fragment(run_every=LOOK_EVERY)
def _look() -> None:
    # Drawn together with the page that couldn't be, it looks for the first time when its own time has come: else a trouble that
    # this look doesn't meet would have the page drawn again and again without a pause.
    if time.monotonic() - state.value(_LOOKED, 0.0) > LOOK_EVERY / 2 and cache.database_is_back():
        st.rerun()


def place() -> str:
    """The address of the page that is drawn, by which what was typed into it is kept."""
    from pages._shell.navigate import wanted_path

    return f"{wanted_path()}?{sorted(st.query_params.to_dict().items())}"


def on_script_error(error: Exception) -> bool:
    """What Streamlit calls for an uncaught error: note its type and place, never its content, and tell it calmly."""
    if isinstance(error, SQLAlchemyError):
        from domain.db.errors import translate

        known = translate(error)
        error = known if isinstance(known, DatabaseUnavailable) and type(known) is not DatabaseUnavailable else error
    if isinstance(error, DatabaseUnavailable):
        _away(error)
        return True
    if isinstance(error, DomainError):
        security_log.refused(error, state.remembered_actor())
        show(error)
        return True
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    place = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(own))
    log.error("%s at %s", type(error).__name__, place)
    from pages._shell.parts import calm_error

    calm_error()
    return True


def _away(error: DatabaseUnavailable) -> None:
    """The database went away in the middle: of a page, which is told below what is drawn already; or of what a click began.

    What a click began is not begun again by itself, so its outcome is told once more above the page that comes back.
    """
    note(error)
    context = get_script_run_ctx()
    clicked = context is not None and not context.has_script_started
    if clicked or isinstance(error, SavingInterrupted | OutcomeUnknown):
        state.set_trouble(error.message)
    if clicked:
        from pages._shell import language

        language.settle(None)
        st.html(cache.style_sheet())
    show(error)
    look_again()
