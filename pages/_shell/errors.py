"""The one place where what went wrong is told to a person: under its field, or in a calm box; never as a traceback."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from html import escape
from typing import Any

import streamlit as st

from domain.kit.errors import DomainError, InvalidInput, NotAllowed, Problem
from pages._shell import state
from pages._shell.cells import plain

log = logging.getLogger("constela")


def show(error: DomainError) -> None:
    """A domain error as a box."""
    st.error(plain(error.message))
    if isinstance(error, InvalidInput):
        st.html("".join(problem_html(each) for each in error.problems))


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
            state.set_trouble(error.message)
            return None

    return told


def show_pending() -> None:
    """Show what went wrong in the last callback, and say what was to be said."""
    trouble = state.take_trouble()
    if trouble:
        st.error(plain(trouble))
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
            st.error(plain(error.message))


def on_script_error(error: Exception) -> bool:
    """What Streamlit calls for an uncaught error: note its type and place, never its content, and tell it calmly."""
    if isinstance(error, DomainError):
        if isinstance(error, NotAllowed):
            log.warning("not allowed: %s", error.reason)
        show(error)
        return True
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    place = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(own))
    log.error("%s at %s", type(error).__name__, place)
    from pages._shell.parts import calm_error

    calm_error()
    return True
