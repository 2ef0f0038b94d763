"""The timetable: who meets when and where, what clashes, what is free; for those who don't plan it, their own week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

from domain.access.decide import reads_all
from domain.access.roles import Role
from domain.access.uow import ScopedSession, reading
from domain.kit.clock import now, wall
from domain.kit.findings import Weight
from domain.kit.formats import show_number, show_weekday
from domain.kit.texts import _
from domain.operations import timetable as domain
from domain.operations.boards import Timetable
from domain.operations.clashes import Clash, Meeting
from domain.operations.planning_queries import TermDates, terms
from domain.operations.queries import students_by_class
from domain.operations.timetable import NEW, Permit
from pages._crud import undo
from pages._shell import parts
from pages._shell.catalog import Link, record_link
from pages._shell.findings import findings_list
from pages._shell.guard import open_page
from pages._shell.lines import joined, words
from pages._shell.navigate import page_link
from pages._timetable import place, planning, removing
from pages._timetable.finder import finder
from pages._timetable.found import clashes
from pages._timetable.place import CLASHES, CLASS, FREE, LEVEL, ROOM, TEACHER, WEEK
from pages._timetable.week import MONDAY_FIRST, marks, week


@dataclass(frozen=True)
class Shown:
    """What the school's timetable of a term is, what the rules find in it, and what of that is allowed."""

    table: Timetable
    term: TermDates
    found: Sequence[Clash] = ()
    permits: Mapping[str, Permit] = field(default_factory=dict)

    @property
    def open_now(self) -> int:
        """How many clashes nobody has allowed."""
        refusing = [each for each in self.found if each.weight is Weight.REFUSES]
        return sum(domain.permit_for(each, self.permits) is None for each in refusing)


def timetable() -> None:
    """The whole school's for those who see it, else one's own."""
    actor = open_page("timetable")
    moment = wall(now(), actor.zone)
    with reading(actor) as session:
        known = terms(session)
        if not known:
            parts.page_header(_("Timetable"))
            parts.empty_state("date_range", _("There is no term yet. Once there is one, its classes meet here."), key="no-term")
        elif reads_all(actor, "classes"):
            _school(session, known, moment)
        else:
            _own(session, known, moment)


def _term(known: Sequence[TermDates]) -> TermDates:
    names = {each.id: each.name for each in known}
    default = next((each.id for each in known if each.is_current), known[0].id)
    chosen = place.select("term", _("Term"), names, default, width=220)
    return next(each for each in known if each.id == chosen)


# One's own week.


def _own(session: ScopedSession, known: Sequence[TermDates], moment: datetime) -> None:
    sentence = _("Your week: when and where you meet.")
    if session.actor.role is Role.PARENT:
        sentence = _("Your children's week: when and where they meet.")
    parts.page_header(_("Timetable"), sentence)
    with st.container(horizontal=True, vertical_alignment="bottom", key="timetable-filters"):
        term = _term(known)
        _as_list()
    table = domain.timetable_of(session, term)
    children = students_by_class(session) if session.actor.role is Role.PARENT else {}
    meeting = _opened(table)
    if meeting is not None:
        _panel(session, Shown(table, term), meeting)
    week(table, term.id, {}, moment, whose={key: ", ".join(names) for key, names in children.items()})


def _as_list() -> None:
    place.pills("as", _("Show as"), {"grid": _("Grid"), "list": _("List")}, "grid")


# The school's.


def _school(session: ScopedSession, known: Sequence[TermDates], moment: datetime) -> None:
    actor = session.actor
    plans = planning.may_plan(actor)
    sentence = _("Who meets when and where. Open a meeting to see what it is, and to move it.")
    action = _("New meeting") if plans else None
    if parts.page_header(_("Timetable"), sentence, action=action, key="new-meeting", icon=":material/add:"):
        planning.forget()
        place.go(meeting=NEW, mode="edit", show="")
    undo.bar(actor)
    with st.container(horizontal=True, vertical_alignment="bottom", key="timetable-filters"):
        term = _term(known)
        table = domain.timetable_of(session, term)
        it = Shown(table, term, domain.found_in(table, term.id), domain.permits_told(session))
        said = _("Clashes ({count})").format(count=show_number(it.open_now)) if it.open_now else _("Clashes")
        shown = place.pills("show", _("Show"), {WEEK: _("Week"), CLASHES: said, FREE: _("What is free")}, WEEK)
    if shown == CLASHES:
        clashes(actor, term, [*it.found, *domain.found_on_dates(session, it.found)], it.permits)
    elif shown == FREE:
        finder(session, table, term)
    else:
        _plan(session, it, moment)


def _plan(session: ScopedSession, it: Shown, moment: datetime) -> None:
    meeting, plans = _opened(it.table), planning.may_plan(session.actor)
    editing = plans and place.said("mode") == "edit"
    if editing and (meeting is not None or place.said("meeting") == NEW):
        planning.form(session, it.table, it.term.id, meeting, teachers=domain.teachers(session), permits=it.permits)
    elif meeting is not None:
        _panel(session, it, meeting)
    _filters(it.table, it.term)
    week(it.table, it.term.id, marks(it.found, it.permits), moment)


def _opened(table: Timetable) -> Meeting | None:
    wanted = place.said("meeting")
    return next((each for each in table.board.meetings if each.key == wanted), None) if wanted else None


def _filters(table: Timetable, term: TermDates) -> None:
    own = [each for each in table.classes.values() if each.term == term.id]
    nothing = {"": _("All")}
    days = {str(each.weekday) for each in table.board.meetings if table.classes[each.class_id].term == term.id}
    teachers = {each.teacher: each.teacher_name for each in sorted(own, key=lambda one: one.teacher_name) if each.teacher}
    levels = {each.level: each.level_name for each in sorted(own, key=lambda one: one.level_name)}
    weekdays = {str(day): show_weekday(day) for day in MONDAY_FIRST if str(day) in days}
    rooms = {key: name for key, name, _seats, _used in table.rooms}
    with st.container(horizontal=True, vertical_alignment="bottom", key="timetable-by-row"):
        place.select("day", _("Weekday"), nothing | weekdays, width=160)
        place.pills("by", _("By"), {ROOM: _("Rooms"), TEACHER: _("Teachers"), CLASS: _("Classes"), LEVEL: _("Levels")}, ROOM)
        _as_list()
        with st.popover(_("Filter"), icon=":material/filter_list:", key="timetable-filter"):
            place.select("level", _("Level"), nothing | levels)
            place.select("room", _("Room"), nothing | rooms)
            place.select("teacher", _("Teacher"), nothing | teachers)
    asked = ((LEVEL, _("Level"), levels), (ROOM, _("Room"), rooms), (TEACHER, _("Teacher"), teachers))
    chips = [parts.Chip(name, f"{label}: {names[place.said(name)]}") for name, label, names in asked if place.said(name) in names]
    parts.chips(chips, lambda name: place.go(**{name: ""}), lambda: place.go(level="", room="", teacher=""))


def _panel(session: ScopedSession, it: Shown, meeting: Meeting) -> None:
    """The open meeting: what it is, what clashes with it, and what can be done."""
    actor, klass, names = session.actor, it.table.classes[meeting.class_id], it.table.board.names
    with st.container(border=True, key="meeting"):
        when = f"{show_weekday(meeting.weekday or 0)} {meeting.hours}"
        people = names.get(meeting.teacher or "", _("no teacher yet")), names.get(meeting.room or "", _("no room yet"))
        taken = ""
        if reads_all(actor, "enrollments"):
            taken = _("{taken} of {places} places taken").format(taken=klass.taken, places=klass.places)
        words(klass.name, joined([when, *people, klass.level_name, taken]))
        with st.container(horizontal=True, key="meeting-actions"):
            if planning.may_plan(actor):
                st.button(
                    _("Move it"),
                    key="meeting-move",
                    icon=":material/edit_calendar:",
                    on_click=place.go,
                    kwargs={"mode": "edit"},
                )
                if st.button(_("Give it up"), key="meeting-remove", icon=":material/event_busy:"):
                    removing.ask(session, klass.name, meeting)
            page_link(Link("class", {"record": klass.id}), label=_("The class"), icon="school")
            if reads_all(actor, "schedules"):
                page_link(record_link("schedules", meeting.key), label=_("Its record"), icon="table_rows")
            st.button(_("Close"), key="meeting-close", icon=":material/close:", type="tertiary", on_click=planning.close)
        concerning = [each for each in it.found if meeting in each.meetings]
        findings_list(concerning, key="meeting")
        for each in concerning:
            if permit := domain.permit_for(each, it.permits):
                parts.quiet(_("Allowed by {who}: “{reason}”").format(who=permit.who, reason=permit.reason))


timetable()
