"""How a record once was: what bringing that back would change, the question whether to, and doing it."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.reading import Difference
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.kit.errors import DomainError, EditConflict, InvalidInput, Problem
from domain.kit.formats import show_instant
from domain.kit.texts import _
from domain.records.fields import fields
from domain.records.labels import labels
from domain.records.versions import Version, bring_back_version, version
from pages._crud import undo
from pages._crud.history_words import change_html, in_words, names_of
from pages._crud.resolve import TableView
from pages._shell import parts, state
from pages._shell.cells import plain
from pages._shell.errors import Fields, telling
from pages._shell.guard import current_actor


@dataclass(frozen=True)
class Chosen:
    """A version that was asked for: of which record, after which entry, what it would change, and the names of its references."""

    key: str
    number: int
    at: datetime
    seen: Version
    names: dict[str, str]
    problems: tuple[Problem, ...] = ()
    trouble: str = ""


def open_key(view: TableView) -> str:
    """The key of the part that opens the history."""
    return f"history-{view.table}"


def place_key(view: TableView) -> str:
    """The key of the page of the history that is open."""
    return f"{open_key(view)}.place"


def _kept_key(view: TableView) -> str:
    return f"{open_key(view)}.chosen"


def choose(view: TableView, key: str, number: int, at: datetime, *, trouble: str = "") -> None:
    """Ask for the version of a record after an entry of its history; shown in the run that follows."""
    actor = current_actor()
    with reading(actor) as session:
        seen = version(session, view.model, key, number)
        pairs = [
            Difference(fields(view.model)[name].column, "", seen.current.get(name), then) for name, then in seen.then.items()
        ]
        names = names_of(session, view, pairs)
    state.put(_kept_key(view), Chosen(key, number, at, seen, names, trouble=trouble))


def _leave(view: TableView) -> None:
    state.drop(_kept_key(view))


def chosen_version(view: TableView, actor: Actor, key: str) -> None:
    """What bringing back the chosen version would change, and the question whether to."""
    chosen: Chosen | None = state.value(_kept_key(view))
    if chosen is None or chosen.key != key:
        return
    form = Fields(f"version-{view.table}")
    known = fields(view.model)
    with st.container(border=True, key=f"version-{view.table}"):
        title = _("As it was after {when}").format(when=show_instant(chosen.at, actor.zone))
        st.markdown(f"**{plain(title)}**")
        if chosen.trouble:
            parts.note(chosen.trouble, "attention")
        for name, then in chosen.seen.then.items():
            with form.of(name):
                now, was = (in_words(known[name], each, actor, chosen.names) for each in (chosen.seen.current.get(name), then))
                label = escape(known[name].label)
                st.html(f'<dl class="c-record"><div><dt>{label}</dt><dd>{change_html(now, was)}</dd></div></dl>')
        form.mark(list(chosen.problems))
        if chosen.problems:
            parts.note(InvalidInput(chosen.problems).message, "danger")
        if chosen.seen.stays:
            said = ", ".join(known[name].label for name in chosen.seen.stays if name in known)
            parts.quiet(_("These differ as well and stay as they are: {fields}").format(fields=said))
        if not chosen.seen.then:
            parts.quiet(_("Nothing that you may change was different then."))
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(_("Cancel"), key=f"version-cancel-{view.table}", on_click=_leave, args=(view,))
            if chosen.seen.then:
                st.button(
                    _("Bring it back"),
                    key=f"version-yes-{view.table}",
                    type="primary",
                    on_click=telling(_bring_back),
                    args=(view, chosen),
                )


def _bring_back(view: TableView, chosen: Chosen) -> None:
    actor = current_actor()
    try:
        with unit_of_work(actor) as session:
            bring_back_version(session, view.model, chosen.key, chosen.number, chosen.seen)
            name = labels(session, view.model, [chosen.key]).get(chosen.key, view.one)
    except InvalidInput as error:
        state.put(_kept_key(view), Chosen(chosen.key, chosen.number, chosen.at, chosen.seen, chosen.names, error.problems))
    except EditConflict:
        changed = _("Someone changed this record meanwhile. Nothing was saved: this is what would change now.")
        choose(view, chosen.key, chosen.number, chosen.at, trouble=changed)
    except DomainError:
        _leave(view)
        raise
    else:
        _leave(view)
        state.drop(place_key(view))
        undo.done(actor, written(session), _("“{name}” is as it was.").format(name=name))
