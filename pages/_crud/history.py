"""A record's history: who changed what and when, opened when it is wanted, with the way to how the record once was."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.models import TrailEntry
from domain.kit.formats import show_instant
from domain.kit.texts import _
from pages._crud.earlier import choose, chosen_version, open_key, place_key
from pages._crud.history_words import PAGE, Line, change_html, lines_of
from pages._crud.resolve import TableView
from pages._shell import cache, parts, state
from pages._shell.cells import when_html
from pages._shell.errors import telling


def section(view: TableView, actor: Actor, key: str, *, can_change: bool) -> None:
    """The history of an open record, for those who may read the trail; asked for only once it is open."""
    if not decide(actor, "R", TrailEntry) or kind_of(view.table) is Kind.NOTHING:
        return
    with st.expander(_("History"), key=open_key(view), icon=":material/history:", on_change="rerun") as opened:
        if not opened.open:
            return
        before = _place(view, key)[-1]
        lines = cache.while_unchanged(actor, "history", (view.table, key, before), lambda: lines_of(view, actor, key, before))
        chosen_version(view, actor, key)
        if not lines:
            parts.quiet(_("Nothing has been changed since the trail is kept."))
        if kind_of(view.table) is Kind.PRESENCE:
            parts.quiet(_("Of these records only who and when is kept: what they say belongs to the student alone."))
        for at, line in enumerate(lines[:PAGE]):
            _line(view, actor, key, line, can_change=can_change and (at > 0 or before is not None))
        _turn(view, key, lines)


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
                on_click=telling(choose),
                args=(view, key, line.number, line.at),
            )


def _told_html(told: Sequence[tuple[str, str, str]]) -> str:
    """Fields with what they were and became; an arrow for the eye, words for the ear."""
    if not told:
        return ""
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{change_html(before, after)}</dd></div>" for name, before, after in told)
    return f'<dl class="c-record">{items}</dl>'


def _place(view: TableView, key: str) -> list[int | None]:
    """The way through the pages of a history: the number that each begins before."""
    kept = state.value(place_key(view))
    return kept[1] if kept and kept[0] == key else [None]


def _turn(view: TableView, key: str, lines: Sequence[Line]) -> None:
    way = _place(view, key)
    name = place_key(view)
    with st.container(horizontal=True, key=f"history-pages-{view.table}"):
        if len(way) > 1:
            st.button(_("Newer changes"), key=f"history-newer-{view.table}", on_click=state.put, args=(name, (key, way[:-1])))
        if len(lines) > PAGE:
            further = (key, [*way, lines[PAGE - 1].number])
            st.button(_("Older changes"), key=f"history-older-{view.table}", on_click=state.put, args=(name, further))
