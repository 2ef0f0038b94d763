"""Taking attendance: today's sessions first, then those that still lack it; the sheet of the one that is chosen."""

from datetime import datetime
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading
from domain.db.gather import gather
from domain.kit.clock import now, wall
from domain.kit.formats import show_day, show_time
from domain.kit.ids import is_id
from domain.kit.texts import _, ngettext
from domain.operations.models import ClassSession
from domain.operations.queries import SessionLine, session_lines, sessions_between, sessions_without_attendance
from pages._attendance.sheet import the_sheet
from pages._shell import parts, state
from pages._shell.catalog import Link, record_link
from pages._shell.guard import open_page
from pages._shell.lines import joined, session_mark
from pages._shell.navigate import page_link

SESSION = "session"
UNMARKED = 50  # of the sessions without attendance that are offered


def attendance() -> None:
    """Choose a session, and mark who is there."""
    actor = open_page("attendance")
    moment = wall(now(), actor.zone)
    parts.page_header(_("Attendance"), _("One tap for each student. It is saved as you tap."))
    wanted = st.query_params.get(SESSION, "")
    with st.spinner(_("Looking up the sessions …")), reading(actor) as session:
        today, missing, asked = gather(
            session,
            lambda: sessions_between(session, moment.date(), moment.date()),
            lambda: sessions_without_attendance(session, moment, limit=UNMARKED),
            lambda: session_lines(session, ClassSession.id == wanted) if is_id(wanted) else [],
        )
    offered = {each.id: each for each in (*today, *missing, *asked)}
    if wanted and not asked:
        parts.empty_state("search_off", _("This session doesn't exist, or it isn't yours to open."), key="no-session")
    chosen = wanted if wanted in offered else _first(today, missing, moment) if not wanted else ""
    if offered:
        _choose(offered, chosen, moment)
    elif not wanted:
        parts.empty_state("event_available", _("No session today, and none without attendance. Well done."), key="no-sheet")
    if chosen:
        _opened(actor, offered[chosen])
    _walk(missing, chosen)


def _first(today: list[SessionLine], missing: list[SessionLine], moment: datetime) -> str:
    """The session that goes on or began last today, else today's next; else the latest that lacks attendance."""
    clock = moment.time().replace(tzinfo=None)
    begun = [each for each in today if each.start <= clock]
    going_on = [each for each in begun if not each.is_over(moment)]
    found = [*going_on[-1:], *begun[-1:], *today[:1], *missing[:1]]
    return found[0].id if found else ""


def _choose(offered: dict[str, SessionLine], chosen: str, moment: datetime) -> None:
    """The address says which session is open, and is told."""
    state.put("attendance-session", chosen or None)

    def keep() -> None:
        picked = state.value("attendance-session")
        if picked:
            st.query_params[SESSION] = picked

    st.selectbox(
        _("Session"),
        list(offered),
        index=0 if chosen else None,
        format_func=lambda key: _said(offered[key], moment),
        key="attendance-session",
        on_change=keep,
        placeholder=_("Choose a session"),
    )


def _said(each: SessionLine, moment: datetime) -> str:
    day = _("Today") if each.date == moment.date() else show_day(each.date)
    hours = f"{show_time(each.start)}–{show_time(each.end)}"
    return joined([f"{day} {hours}", each.class_name, each.teacher, session_mark(each, moment)[0]])


def _opened(actor: Actor, meeting: SessionLine) -> None:
    hours = f"{show_day(meeting.date)} {show_time(meeting.start)}–{show_time(meeting.end)}"
    parts.section(meeting.class_name, joined([hours, meeting.room, meeting.teacher]))
    the_sheet(actor, meeting.id)
    with st.container(horizontal=True, key="sheet-links"):
        page_link(Link("class", {"record": meeting.class_id}), label=_("The class"), icon="calendar_view_week")
        page_link(record_link("sessions", meeting.id), label=_("The session's record"), icon="event")


def _walk(missing: list[SessionLine], chosen: str) -> None:
    """On to the next session that lacks attendance."""
    left = [each.id for each in missing if each.id != chosen]
    if not left:
        return
    places = [each.id for each in missing]
    after = places[places.index(chosen) + 1 :] if chosen in places else places
    following = after[0] if after else left[0]
    count = ngettext("{count} more session has no attendance.", "{count} more sessions have no attendance.", len(left))
    with st.container(key="walk", horizontal=True, vertical_alignment="center", gap="small"):
        parts.quiet(count)
        st.button(
            _("Next without attendance"),
            key="next-unmarked",
            icon=":material/arrow_forward:",
            on_click=partial(_go, following),
        )


def _go(key: str) -> None:
    st.query_params[SESSION] = key


attendance()
