"""Short lists of things that lead somewhere: one line each, made for the thumb as much as for the mouse."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape

import streamlit as st

from domain.kit.formats import show_day, show_time
from domain.kit.texts import _, ngettext
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.queries import SessionLine
from pages._shell.catalog import Link
from pages._shell.cells import badge_html, plain
from pages._shell.navigate import page_link

Target = Link | Callable[[], None]


@contextmanager
def leading(to: Target, label: str, *, key: str, is_open: bool = False, as_tall: bool = False) -> Iterator[None]:
    """A card that leads somewhere as a whole; `label` says where to those who hear the page.

    `to`: a link, or a callback for what happens on this very page (a link to the page one is on leaves the address as it was).
    `is_open`: what it leads to is shown now. `as_tall`: as tall as the cards beside it.
    """
    name = f"leads-{'open-' if is_open else ''}{key}"
    with st.container(key=name, gap="xsmall", height="stretch" if as_tall else "content"):
        yield
        if isinstance(to, Link):
            page_link(to, label=plain(label))
        else:
            st.button(plain(label), key=f"go-{key}", on_click=to)


def words(title: str, detail: str = "", *, marks: Sequence[tuple[str, str]] = ()) -> None:
    """A title, marks beside it (each a text and a kind), and quiet words under it."""
    said = "".join(badge_html(text, kind) for text, kind in marks if text)
    quiet = f'<span class="c-quiet">{escape(detail)}</span>' if detail else ""
    st.html(f'<div class="c-lead"><b>{escape(title)}</b>{said}{quiet}</div>')


def line(
    title: str,
    detail: str = "",
    *,
    key: str,
    to: Target,
    marks: Sequence[tuple[str, str]] = (),
    is_open: bool = False,
) -> None:
    """One thing that leads somewhere: its title, marks beside it, quiet words under it."""
    with leading(to, title, key=key, is_open=is_open):
        words(title, detail, marks=marks)


def joined(parts: Sequence[str]) -> str:
    """Words that stand side by side, without those that are empty."""
    return " · ".join(part for part in parts if part)


def session_line(meeting: SessionLine, wall: datetime, *, link: Link, who: str = "", with_day: bool = False) -> None:
    """A session: when, which class, who teaches where, and what became of it. `who`: whose session, where that isn't plain."""
    hours = f"{show_time(meeting.start)}–{show_time(meeting.end)}"
    when = f"{show_day(meeting.date)} {hours}" if with_day else hours
    detail = joined([who, meeting.teacher, meeting.room, roll_text(meeting)])
    line(f"{when}  {meeting.class_name}", detail, key=meeting.id, to=link, marks=[session_mark(meeting, wall)])


def session_mark(meeting: SessionLine, wall: datetime) -> tuple[str, str]:
    """What is to be said beside a session, and how it is marked; nothing for one that goes as it should."""
    if meeting.status is SessionStatus.CANCELLED:
        return _("Cancelled"), "neutral"
    if meeting.needs_roll(wall):
        return _("No attendance yet"), "attention"
    if meeting.is_on(wall):
        return _("Now"), "info"
    if meeting.roll is None and meeting.is_over(wall):
        return _("Over"), "neutral"
    return "", "neutral"


def roll_text(meeting: SessionLine) -> str:
    """Who was there, in words; empty where nobody was marked or the reader doesn't see it."""
    roll = meeting.roll or {}
    there = sum(roll.get(status, 0) for status in AttendanceStatus.there())
    if not any(roll.values()):
        return ""
    words = [ngettext("{count} there", "{count} there", there)]
    if roll[AttendanceStatus.LATE]:
        words.append(ngettext("{count} of them late", "{count} of them late", roll[AttendanceStatus.LATE]))
    if roll[AttendanceStatus.ABSENT]:
        words.append(ngettext("{count} absent", "{count} absent", roll[AttendanceStatus.ABSENT]))
    if roll[AttendanceStatus.EXCUSED]:
        words.append(ngettext("{count} excused", "{count} excused", roll[AttendanceStatus.EXCUSED]))
    return ", ".join(words)


def facts(told: Sequence[tuple[str, str]]) -> None:
    """Names of facts and what they are, one line each."""
    lines = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in told)
    st.html(f'<dl class="c-record">{lines}</dl>')
