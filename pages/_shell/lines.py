"""Short lists of things that lead somewhere: one line each, made for the thumb as much as for the mouse."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

import streamlit as st

from domain.kit.formats import show_day, show_time
from domain.kit.texts import _, ngettext
from domain.operations.enums import AttendanceStatus, SessionStatus
from domain.operations.queries import SessionLine
from pages._shell.catalog import Link
from pages._shell.cells import KINDS, plain
from pages._shell.navigate import page_link


def line(
    title: str, detail: str = "", *, link: Link | None = None, mark: str = "", kind: str = "neutral", icon: str = ""
) -> None:
    """One thing: its title, quiet words under it, and a mark beside it. With a link, all of it leads there."""
    said = f"**{plain(title)}**"
    if mark:
        said += f" :{KINDS.get(kind, 'gray')}-badge[{plain(mark)}]"
    if detail:
        said += f"  \n:gray[{plain(detail)}]"
    if link is not None:
        page_link(link, label=said, icon=icon)
    else:
        st.markdown(said)


def joined(parts: Sequence[str]) -> str:
    """Words that stand side by side, without those that are empty."""
    return " · ".join(part for part in parts if part)


def session_line(meeting: SessionLine, wall: datetime, *, link: Link, who: str = "", with_day: bool = False) -> None:
    """A session: when, which class, who teaches where, and what became of it. `who`: whose session, where that isn't plain."""
    hours = f"{show_time(meeting.start)}–{show_time(meeting.end)}"
    when = f"{show_day(meeting.date)} {hours}" if with_day else hours
    mark, kind = session_mark(meeting, wall)
    detail = joined([who, meeting.teacher, meeting.room, roll_text(meeting)])
    line(f"{when}  {meeting.class_name}", detail, link=link, mark=mark, kind=kind)


def session_mark(meeting: SessionLine, wall: datetime) -> tuple[str, str]:
    """What is to be said beside a session, and how it is marked; nothing for one that goes as it should."""
    if meeting.status is SessionStatus.CANCELLED:
        return _("Cancelled"), "neutral"
    if meeting.needs_roll(wall):
        return _("No attendance yet"), "attention"
    if meeting.status is SessionStatus.IN_PROGRESS:
        return _("Now"), "info"
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
