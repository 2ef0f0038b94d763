"""A record's history: who changed what and when, opened when it is wanted; and bringing back how the record once was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.models import TrailAction, TrailEntry
from domain.access.trail.reading import Difference, Past, history
from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.db.base import model_of
from domain.db.gather import gather
from domain.kit.errors import DomainError, EditConflict, InvalidInput, Problem
from domain.kit.formats import show_instant
from domain.kit.ids import is_id
from domain.kit.texts import N_, _
from domain.records.fields import Field, fields
from domain.records.labels import labels
from domain.records.versions import Version, bring_back_version, version
from pages._crud import undo
from pages._crud.resolve import TableView
from pages._crud.show import DASH, say, short
from pages._shell import cache, parts, state
from pages._shell.cells import plain, when_html
from pages._shell.errors import Fields, telling
from pages._shell.guard import current_actor

PAGE = 10
LONGEST = 300  # characters of a value in a difference
BESIDE = {
    "reset_links": N_("A link for a new password was handed out"),
    "recovery_codes": N_("New recovery codes were made"),
    "trail_values": N_("What the history said was erased"),
}
FACTOR = {
    TrailAction.CREATE: N_("A second step at sign-in was set up"),
    TrailAction.UPDATE: N_("A new phone was set up for the second step at sign-in"),
    TrailAction.DELETE: N_("The second step at sign-in was taken away"),
}


@dataclass(frozen=True)
class Line:
    """One change in words: `told` are its fields as (name, before, after), `note` what is said instead."""

    number: int
    at: datetime
    who: str
    what: str
    kind: str
    told: tuple[tuple[str, str, str], ...] = ()
    note: str = ""
    can_come_back: bool = False


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


def section(view: TableView, actor: Actor, key: str, *, can_change: bool) -> None:
    """The history of an open record, for those who may read the trail; asked for only once it is open."""
    if not decide(actor, "R", TrailEntry) or kind_of(view.table) is Kind.NOTHING:
        return
    with st.expander(_("History"), key=open_key(view), icon=":material/history:", on_change="rerun") as opened:
        if not opened.open:
            return
        before = _place(view, key)[-1]
        lines = cache.while_unchanged(actor, "history", (view.table, key, before), lambda: _lines(view, actor, key, before))
        _chosen(view, actor, key)
        if not lines:
            parts.quiet(_("Nothing has been changed since the trail is kept."))
        if kind_of(view.table) is Kind.PRESENCE:
            parts.quiet(_("Of these records only who and when is kept: what they say belongs to the student alone."))
        for at, line in enumerate(lines[:PAGE]):
            _line(view, actor, key, line, can_change=can_change and (at > 0 or before is not None))
        _turn(view, key, lines)


# Read.


def _lines(view: TableView, actor: Actor, key: str, before: int | None) -> list[Line]:
    """A page of the history in words, and one more where there are older ones."""
    with reading(actor) as session:
        past = history(session, view.model, key, before=before, limit=PAGE + 1)
        people = {each.user_id for each in past if each.user_id}
        names, who = gather(
            session,
            lambda: _names(session, view, [each for one in past for each in one.differences]),
            lambda: labels(session, model_of("users"), sorted(people)),
        )
    return [_said(view, actor, each, names, who) for each in past]


def _names(session: ScopedSession, view: TableView, differences: Iterable[Difference]) -> dict[str, str]:
    """What the records are called that the values refer to, all asked at once."""
    wanted: dict[str, set[str]] = {}
    by_column = {field.column: field for field in fields(view.model).values()}
    for each in differences:
        field = by_column.get(each.column)
        if field and field.target:
            wanted.setdefault(field.target, set()).update(key for key in (each.before, each.after) if is_id(key))
    found = gather(
        session,
        *(lambda target=target, keys=keys: labels(session, model_of(target), sorted(keys)) for target, keys in wanted.items()),
    )
    return {key: name for some in found for key, name in some.items()}


def _beside(past: Past) -> str:
    """What happened beside the record, in words."""
    source = FACTOR[past.action] if past.table == "second_factors" else BESIDE[past.table]
    return _(source)


def _said(view: TableView, actor: Actor, past: Past, names: dict[str, str], who: dict[str, str]) -> Line:
    own = past.table == view.table
    kinds = {TrailAction.CREATE: "good", TrailAction.DELETE: "danger"}
    told = tuple(_difference(view, actor, each, names) for each in past.differences)
    happened = past.action.label if own else _beside(past)
    note = ""
    if own and past.emptied:
        note = _("What was changed has been erased.")
    elif own and past.withheld and kind_of(view.table) is Kind.WHOLE:
        note = _("What was changed isn't shown to you.")
    return Line(
        number=past.number,
        at=past.at,
        who=_who(past, who),
        what=happened,
        kind=kinds.get(past.action, "info") if own else "attention",
        told=told,
        note=note,
        can_come_back=own and bool(told) and past.action is not TrailAction.DELETE,
    )


def _who(past: Past, names: dict[str, str]) -> str:
    if past.job:
        return _("the program ({job})").format(job=past.job)
    name = names.get(past.user_id or "") or _("someone who isn't here any more")
    return f"{name}, {past.role.label}" if past.role else name


def _difference(view: TableView, actor: Actor, each: Difference, names: dict[str, str]) -> tuple[str, str, str]:
    field = next((one for one in fields(view.model).values() if one.column == each.column), None)
    before, after = (_value(field, value, actor, names) for value in (each.before, each.after))
    return each.label, before, after


def _value(field: Field | None, value: Any, actor: Actor, names: dict[str, str]) -> str:
    if field is None:
        return DASH if value is None else short(str(value), LONGEST)
    if field.target and value is not None:
        return names.get(value, _("a record that isn't there any more") if is_id(value) else str(value))
    return short(say(field, value, actor.zone), LONGEST)


# Drawn.


def _line(view: TableView, actor: Actor, key: str, line: Line, *, can_change: bool) -> None:
    spoken = f"{line.what}, {show_instant(line.at, actor.zone)}, {line.who}"
    head = (
        f'<div class="c-quiet">{when_html(line.at, actor.zone)} · {escape(line.who)}</div><div><b>{escape(line.what)}</b></div>'
    )
    note = f'<div class="c-quiet">{escape(line.note)}</div>' if line.note else ""
    with st.container(key=f"history-line-{line.number}", gap=None):
        st.html(
            f'<article class="c-happening c-{line.kind}" aria-label="{escape(spoken, quote=True)}">'
            f"{head}{note}{_told_html(line.told)}</article>"
        )
        if can_change and line.can_come_back:
            st.button(
                _("Bring back the version of {when}").format(when=show_instant(line.at, actor.zone)),
                key=f"history-back-{line.number}",
                icon=":material/settings_backup_restore:",
                type="tertiary",
                on_click=telling(_choose),
                args=(view, key, line.number, line.at),
            )


def _told_html(told: Sequence[tuple[str, str, str]]) -> str:
    """Fields with what they were and became; an arrow for the eye, words for the ear."""
    if not told:
        return ""
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{change_html(before, after)}</dd></div>" for name, before, after in told)
    return f'<dl class="c-record">{items}</dl>'


def change_html(before: str, after: str) -> str:
    """What something was and became."""
    if before == DASH:
        return escape(after)
    was, became = escape(_("before:")), escape(_("after:"))
    return (
        f'<span class="c-spoken">{was} </span><del>{escape(before)}</del> <span aria-hidden="true">→</span> '
        f'<span class="c-spoken">{became} </span><ins>{escape(after)}</ins>'
    )


def _place(view: TableView, key: str) -> list[int | None]:
    """The way through the pages of a history: the number that each begins before."""
    kept = state.value(f"{open_key(view)}.place")
    return kept[1] if kept and kept[0] == key else [None]


def _turn(view: TableView, key: str, lines: Sequence[Line]) -> None:
    way = _place(view, key)
    name = f"{open_key(view)}.place"
    with st.container(horizontal=True, key=f"history-pages-{view.table}"):
        if len(way) > 1:
            st.button(_("Newer changes"), key=f"history-newer-{view.table}", on_click=state.put, args=(name, (key, way[:-1])))
        if len(lines) > PAGE:
            further = (key, [*way, lines[PAGE - 1].number])
            st.button(_("Older changes"), key=f"history-older-{view.table}", on_click=state.put, args=(name, further))


# Brought back.


def _kept_key(view: TableView) -> str:
    return f"{open_key(view)}.chosen"


def _choose(view: TableView, key: str, number: int, at: datetime, *, trouble: str = "") -> None:
    actor = current_actor()
    with reading(actor) as session:
        seen = version(session, view.model, key, number)
        pairs = [
            Difference(fields(view.model)[name].column, "", seen.current.get(name), then) for name, then in seen.then.items()
        ]
        names = _names(session, view, pairs)
    state.put(_kept_key(view), Chosen(key, number, at, seen, names, trouble=trouble))


def _leave(view: TableView) -> None:
    state.drop(_kept_key(view))


def _chosen(view: TableView, actor: Actor, key: str) -> None:
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
                now, was = (_value(known[name], each, actor, chosen.names) for each in (chosen.seen.current.get(name), then))
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
        _choose(view, chosen.key, chosen.number, chosen.at, trouble=changed)
    except DomainError:
        _leave(view)
        raise
    else:
        _leave(view)
        state.drop(f"{open_key(view)}.place")
        undo.done(actor, written(session), _("“{name}” is as it was.").format(name=name))
