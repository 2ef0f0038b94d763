"""How often students come, and who stays away; for students and guardians, what was missed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading
from domain.kit.clock import now, wall
from domain.kit.formats import show_day, show_number, show_percent, show_time, show_weekday
from domain.kit.texts import N_, _, ngettext
from domain.operations.absences import Away, Held, Pattern, grouped, missed, pattern
from domain.operations.attendance_rules import Tally, total
from domain.operations.enums import AttendanceStatus
from domain.records.figures import Question
from domain.records.query import Filter
from pages._attendance.words import status_text
from pages._charts.spans import Bar, span_chart
from pages._charts.wellbeing import Curve, Ink, line_chart
from pages._crud.links import question_link
from pages._shell import cache, parts, state
from pages._shell.catalog import Link
from pages._shell.guard import open_page
from pages._shell.lines import joined, line
from pages._shell.navigate import switch_to
from pages._shell.palette import tokens
from pages._shell.spans import PLOT

CLASSES, LEVELS, WEEKDAYS, TEACHERS, WEEKS = "class", "level", "weekday", "teacher", "week"
VIEWS = {
    CLASSES: N_("By class"),
    LEVELS: N_("By level"),
    WEEKDAYS: N_("By weekday"),
    TEACHERS: N_("By teacher"),
    WEEKS: N_("Over the weeks"),
}
SPANS = (4, 12, 26)  # weeks
USUAL = 12
SHOWN = 12  # lines beside a chart
AWAY_SHOWN = 8


@dataclass(frozen=True)
class Line:
    """One group: its key and name, its marks, and where they are."""

    key: str
    name: str
    tally: Tally
    link: Link


def absences() -> None:
    """The school's view, or one's own."""
    actor = open_page("absences")
    if actor.role in {Role.STUDENT, Role.PARENT}:
        _own(actor)
    else:
        _school(actor)


def _school(actor: Actor) -> None:
    parts.page_header(_("Absences"), _("How often students come, and who stays away. Each line opens the marks that it counts."))
    moment = wall(now(), actor.zone)
    weeks = _picked("weeks", SPANS, USUAL, lambda count: ngettext("{count} week", "{count} weeks", count), _("How far back"))
    last = moment.date()
    first = last - timedelta(weeks=weeks)
    with st.spinner(_("Counting who came …")), reading(actor) as session:
        key = (first, moment.replace(second=0, microsecond=0))
        found = cache.while_unchanged(actor, "absences", key, lambda: pattern(session, first, last))
    whole = total([each.tally for each in found.held])
    parts.metric_row(_figures(found, whole, first, last), key="absences")
    if found.held:
        _rates(found, first, last)
    else:
        parts.empty_state("fact_check", _("No attendance was taken in this time."), key="no-marks")
    _away(found.away)


def _rates(found: Pattern, first: date, last: date) -> None:
    """A chart of the groups of one view, and beside it what each of them is, with the way to its rows."""
    parts.section(_("Who comes, and when"), _("The share of marks that say present or late. Excused ones don't count."))
    view = _picked("by", tuple(VIEWS), CLASSES, lambda name: _(VIEWS[name]), _("Group"))
    lines = _lines(found, view, first, last)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _chart(lines, view)
    with right, st.container(key="groups", gap="xsmall"):
        for each in (lines[::-1] if view == WEEKS else lines)[:SHOWN]:
            line(each.name, _said(each.tally), key=f"group-{each.key}", to=each.link)


def _picked(name: str, options: Sequence[Any], usual: Any, said: Callable[[Any], str], label: str) -> Any:
    """One of a few: the address says which, and is told."""
    wanted = st.query_params.get(name, "")
    chosen = next((each for each in options if str(each) == wanted), usual)
    key = f"absences-{name}"
    state.put(key, chosen)

    def keep() -> None:
        st.query_params[name] = str(state.value(key) or usual)

    st.pills(label, options, format_func=said, key=key, required=True, on_change=keep, label_visibility="collapsed")
    return chosen


def _marks(first: date, last: date, *filters: Filter) -> Link:
    """The marks of sessions from one day to another."""
    return question_link(Question("attendance", (*filters, Filter("day", low=first, high=last))))


def _figures(found: Pattern, whole: Tally, first: date, last: date) -> list[parts.Metric]:
    def of(*some: AttendanceStatus) -> Link:
        return _marks(first, last, *([Filter("status", values=some)] if some else []))

    rate = show_percent(whole.rate) if whole.rate is not None else _("none")
    marks = ngettext("{count} session", "{count} sessions", len(found.held))
    away = parts.Metric(_("Away again and again"), show_number(len(found.away)), kind="attention" if found.away else "neutral")
    return [
        parts.Metric(_("Attendance rate"), rate, of(), detail=marks),
        parts.Metric(_("Absences"), show_number(whole.absent), of(AttendanceStatus.ABSENT), detail=_("without an excuse")),
        parts.Metric(_("Late"), show_number(whole.late), of(AttendanceStatus.LATE)),
        away,
    ]


def _away(away: Sequence[Away]) -> None:
    """Who missed three sessions or more, one after the other."""
    parts.section(_("Absent in a row"))
    if not away:
        parts.empty_state("sentiment_satisfied", _("Nobody has missed three sessions in a row."), key="nobody-away")
        return
    with st.container(key="away", gap="xsmall"):
        for each in away[:AWAY_SHOWN]:
            said = ngettext("{count} absence in a row", "{count} absences in a row", each.absences)
            since = _("since {date}").format(date=show_day(each.since))
            theirs = (
                Filter("user_id", values=(each.student_id,)),
                Filter("class_id", values=(each.class_id,)),
                Filter("status", values=(AttendanceStatus.ABSENT,)),
                Filter("day", low=each.since),
            )
            line(
                each.name,
                joined([each.class_name, since]),
                key=f"away-{each.student_id}-{each.class_id}",
                to=question_link(Question("attendance", theirs)),
                marks=[(said, "attention")],
            )
    if len(away) > AWAY_SHOWN:
        parts.quiet(ngettext("and {count} more", "and {count} more", len(away) - AWAY_SHOWN))


def _lines(found: Pattern, view: str, first: date, last: date) -> list[Line]:
    """The groups of a view with where their marks are; the lowest rate first, weeks and weekdays in their order."""

    def named(key: Callable[[Held], str | None], names: Mapping[str, str], trait: str) -> list[Line]:
        groups = grouped(found.held, key)
        some = [
            Line(each, names.get(each, "—"), tally, _marks(first, last, Filter(trait, values=(each,))))
            for each, tally in groups.items()
            if each
        ]
        return sorted(some, key=lambda each: (1.0 if each.tally.rate is None else each.tally.rate, each.name))

    if view == CLASSES:
        return named(lambda each: each.class_id, found.classes, "class_id")
    if view == LEVELS:
        return named(lambda each: each.level_id, found.levels, "level_id")
    if view == TEACHERS:
        return named(lambda each: each.teacher_id, found.teachers, "teacher_id")
    if view == WEEKDAYS:
        days = sorted(grouped(found.held, lambda each: each.weekday).items(), key=lambda each: (each[0] + 6) % 7)
        return [
            Line(str(day), show_weekday(day), tally, _marks(first, last, Filter("weekday", values=(day,)))) for day, tally in days
        ]
    weeks = grouped(found.held, lambda each: each.monday)
    return [
        Line(
            f"{day}",
            _("Week of {day}").format(day=show_day(day)),
            tally,
            _marks(max(day, first), min(day + timedelta(days=6), last)),
        )
        for day, tally in sorted(weeks.items())
    ]


def _said(tally: Tally) -> str:
    """A rate, and of how many marks."""
    rate = show_percent(tally.rate) if tally.rate is not None else _("only excused")
    absent = ngettext("{count} absent", "{count} absent", tally.absent)
    late = ngettext("{count} of them late", "{count} of them late", tally.late) if tally.late else ""
    there = ngettext("{count} there", "{count} there", tally.there)
    return joined([rate, there, late, absent])


def _came(tally: Tally) -> str:
    """How often someone came, and how often not."""
    came = ngettext("came {count} time", "came {count} times", tally.there)
    late = ngettext("late {count} time", "late {count} times", tally.late) if tally.late else ""
    missed_some = ngettext("missed {count}", "missed {count}", tally.absent) if tally.absent else ""
    excused = ngettext("excused {count} time", "excused {count} times", tally.excused) if tally.excused else ""
    return joined([came, late, missed_some, excused])


def _chart(lines: Sequence[Line], view: str) -> None:
    theme = tokens(dark=st.context.theme.type == "dark")
    ink = Ink(theme.text, theme.quiet, theme.line, theme.link)
    known = [(each, 100 * each.tally.rate) for each in lines if each.tally.rate is not None]
    if view == WEEKS:
        days, values = [date.fromisoformat(each.key) for each, _rate in known], [rate for _each, rate in known]
        curve = Curve(days, values, values, _("Each week"), _("Attendance rate"), top=100)
        chart = line_chart(curve, ink).update_layout(hovermode="closest")  # with another one a click chooses no point
    else:
        bars = [Bar(each.name, rate, rate, show_percent(rate / 100)) for each, rate in known[:SHOWN]]
        chart = span_chart(bars, ink, top=115)
    clicked = st.plotly_chart(
        chart, key=f"rates-{view}", theme=None, config=PLOT, on_select="rerun", selection_mode="points"
    ).selection.point_indices
    if clicked:
        switch_to(known[clicked[0]][0].link)


def _own(actor: Actor) -> None:
    """What a student, or a guardian's children, missed."""
    mine = actor.role is Role.STUDENT
    sentence = _("What you missed, and how often you came.") if mine else _("What your children missed, and how often they came.")
    parts.page_header(_("Absences"), sentence)
    with st.spinner(_("Counting who came …")), reading(actor) as session:
        attended, gone = missed(session)
    if not attended:
        parts.empty_state("fact_check", _("No attendance was taken yet."), key="no-marks")
        return
    several = len({each.student_id for each in attended}) > 1 or actor.role is Role.PARENT
    metrics = [
        parts.Metric(
            joined([each.name if several else "", each.class_name]),
            show_percent(each.tally.rate) if each.tally.rate is not None else _("none"),
            Link("class", {"record": each.class_id}),
            detail=_came(each.tally),
        )
        for each in attended
    ]
    parts.metric_row(metrics, key="rates")
    parts.section(_("Missed, or late"))
    if not gone:
        parts.empty_state("task_alt", _("Nothing was missed."), key="nothing-missed")
        return
    with st.container(key="missed", gap="xsmall"):
        for each in gone:
            when = f"{show_day(each.day)} {show_time(each.start)}"
            detail = joined([each.name if several else "", each.class_name, each.notes or ""])
            kind = "attention" if each.status is AttendanceStatus.ABSENT else "neutral"
            target = Link("class", {"record": each.class_id})
            line(when, detail, key=each.id, to=target, marks=[(status_text(each.status), kind)])


absences()
