"""What a person sees first: a greeting, what matters today in a few figures, and what comes next."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading
from domain.core.queries import Opening, opening
from domain.db.gather import gather
from domain.kit.clock import now, wall
from domain.kit.formats import show_date, show_day, show_money, show_number, show_time, show_weekday
from domain.kit.texts import N_, _, ngettext
from domain.overview import ALERTS, CLASSES, NEARLY_FULL, STARS, UNMARKED, Figure, Overview, overview
from domain.today import (
    ALERT,
    CLASS,
    LEAD,
    MEETING,
    PERSON,
    RECORD,
    SESSION,
    SHEET,
    TRIAL,
    WAITING,
    Task,
    Urgency,
    tasks,
)
from pages._care.guardian import released, weeks
from pages._crud.links import question_link
from pages._shell import cache, parts
from pages._shell.catalog import Link, record_link, table_link
from pages._shell.cells import level_text
from pages._shell.guard import open_page
from pages._shell.lines import facts, joined, line, session_line
from pages._shell.navigate import page_link
from pages._shell.palette import LEVELS

PLACES = {
    UNMARKED: Link("class", {"show": "unmarked"}),
    NEARLY_FULL: Link("class", {"show": "nearly_full"}),
    CLASSES: Link("class"),
    ALERTS: Link("supervision"),
    STARS: Link("constellation"),
}
PLACE: dict[str, Callable[[Task], Link]] = {
    SHEET: lambda task: Link("attendance", {"session": task.key}),
    CLASS: lambda task: Link("class", {"record": task.key}),
    PERSON: lambda task: record_link("users", task.key),
    ALERT: lambda task: Link("supervision", {"record": task.key}),
    WAITING: lambda task: Link("enrolment", {"tab": "waiting", "class": task.key}),
    TRIAL: lambda task: table_link("trials", record=task.key, mode="edit"),
    LEAD: lambda task: record_link("leads", task.key),
    MEETING: lambda task: Link("timetable", {"term": task.term, "meeting": task.key, "mode": "edit"}),
    SESSION: lambda task: record_link("sessions", task.key),
    RECORD: lambda task: table_link("classes", record=task.key, mode="edit"),
}
MARKS = {Urgency.NOW: (N_("Now"), "attention"), Urgency.TODAY: (N_("Today"), "info")}
SHOWN = 12
CLOSED_AHEAD = timedelta(days=60)
ABREAST = 4  # figures in one row; more are set in two rows of like length


def home() -> None:
    """Greet, count, list."""
    actor = open_page("home")
    moment = wall(now(), actor.zone)
    parts.page_header(greeting(moment, actor.name), _("{day}: here is what matters today.").format(day=show_day(moment.date())))
    with st.spinner(_("Looking at your day …")):
        found, hours, todo = cache.while_unchanged(
            actor, "day", moment.replace(second=0, microsecond=0), lambda: _ask(actor, moment)
        )
    figures = [_metric(each, found) for each in found.figures]
    if actor.role is Role.STUDENT:
        figures[:1] = _next_session(found, moment)
    first = len(figures) if len(figures) <= ABREAST else 3
    parts.metric_row(figures[:first], key="today")
    if figures[first:]:
        parts.metric_row(figures[first:], key="more")
    if actor.role is Role.STUDENT:
        page_link(Link("care"), label=_("I need help, or want to tell the school something"), icon="volunteer_activism")
    _tasks(actor, todo)
    released(found.released, actor)
    _sessions(actor, found, moment)
    _invoices(actor, found)
    weeks(found.weeks)
    if hours:
        _opening(hours)


def _ask(actor: Actor, moment: datetime) -> tuple[Overview, Opening | None, list[Task]]:
    """The person's day, when the school is open (those who run it know), and what needs them."""
    day, runs_it = moment.date(), actor.role in {Role.SCHOOL, Role.OWNER}
    with reading(actor) as session:
        return gather(
            session,
            lambda: overview(session, moment),
            lambda: None if runs_it else opening(session, day, day + CLOSED_AHEAD),
            lambda: tasks(session, moment),
        )


def _tasks(actor: Actor, found: list[Task]) -> None:
    """What needs the person, each line one click from where it is done; what students missed is no duty of theirs."""
    if not found:
        return
    own = actor.role in {Role.STUDENT, Role.PARENT}
    if actor.role is Role.STUDENT:
        sentence = _("Your teacher can tell you what was done. If you couldn't come, let the school know.")
    else:
        sentence = _("If there was a reason, let the school know: an absence can be excused.") if own else ""
    parts.section(_("Missed in the last two weeks") if own else _("What needs you"), sentence)
    with st.container(key="tasks", gap="xsmall"):
        for at, each in enumerate(found):
            marks = [MARKS[each.urgency]] if each.urgency in MARKS else []
            said = [(_(text), kind) for text, kind in marks]
            line(each.message, key=f"task-{at}", to=PLACE[each.place](each), marks=said)
    if own:
        page_link(Link("absences"), label=_("All that was missed"), icon="event_busy")


def greeting(moment: datetime, name: str) -> str:
    """Good morning from five on, good afternoon from noon, good evening from six."""
    words = _("Good evening, {name}")
    if 5 <= moment.hour < 12:
        words = _("Good morning, {name}")
    elif 12 <= moment.hour < 18:
        words = _("Good afternoon, {name}")
    return words.format(name=name.split(maxsplit=1)[0] if name.split() else "")


def _metric(figure: Figure, found: Overview) -> parts.Metric:
    link = question_link(figure.question) if figure.question else PLACES[figure.place]
    label = _(figure.label)
    if figure.place == ALERTS:
        return _alerts_metric(label, figure, found, link)
    if figure.amount is None:
        return parts.Metric(label, show_number(figure.count), link, kind=figure.kind)
    return parts.Metric(label, show_money(figure.amount), link, detail=_amount_detail(figure, found), kind=figure.kind)


def _amount_detail(figure: Figure, found: Overview) -> str:
    """How many records make up a sum; for what came in, also what was given back."""
    if figure.question is None or figure.question.table != "transactions":
        return ngettext("{count} invoice", "{count} invoices", figure.count)
    payments = ngettext("{count} payment", "{count} payments", figure.count)
    refunded = _("{amount} given back").format(amount=show_money(found.refunded)) if found.refunded else ""
    return joined([payments, refunded])


def _alerts_metric(label: str, figure: Figure, found: Overview, link: Link) -> parts.Metric:
    """All open alerts, and how many of each level; marked by the highest."""
    open_levels = [(level, count) for level, count in reversed(list((found.alerts or {}).items())) if count]
    detail = joined([f"{count} {level_text(level)}" for level, count in open_levels])
    kind = LEVELS[open_levels[0][0]].kind if open_levels else "neutral"
    return parts.Metric(label, show_number(figure.count), link, detail=detail, kind=kind)


def _next_session(found: Overview, moment: datetime) -> list[parts.Metric]:
    """When the next session is; leads to its class."""
    following = next((each for each in found.sessions if not each.is_over(moment)), None)
    if following is None:
        return [parts.Metric(_("Next session"), _("None soon"), detail=_("Nothing in the next seven days."))]
    said = f"{show_day(following.date)} {show_time(following.start)}"
    return [parts.Metric(_("Next session"), said, _class_link(following.class_id), detail=following.class_name)]


def _class_link(class_id: str) -> Link:
    return Link("class", {"record": class_id})


def _sessions(actor: Actor, found: Overview, moment: datetime) -> None:
    if actor.role is Role.OWNER:
        return
    only_today = actor.role in {Role.SCHOOL, Role.STAFF}
    parts.section(_("Today's sessions") if only_today else _("Sessions from today on"))
    if not found.sessions:
        nothing = _("No sessions today.") if only_today else _("No sessions in the next seven days.")
        parts.empty_state("event_available", nothing, key="no-sessions")
        return
    with st.container(key="sessions", gap="xsmall"):
        for each in found.sessions[:SHOWN]:
            children = ", ".join((found.children or {}).get(each.class_id, ()))
            session_line(each, moment, link=_class_link(each.class_id), who=children, with_day=not only_today)
    if not only_today:
        parts.file_link(_("Calendar file"), "/calendar/mine.ics", icon="calendar_add_on")
    if len(found.sessions) > SHOWN:
        figure = next(each for each in found.figures if each.question and each.question.table == "sessions")
        if figure.question:
            more = ngettext("Show all {count} sessions", "Show all {count} sessions", len(found.sessions))
            page_link(question_link(figure.question), label=more, icon="list")


def _invoices(actor: Actor, found: Overview) -> None:
    if not found.invoices:
        return
    parts.section(_("Waiting longest for payment") if actor.role is Role.OWNER else _("To be paid"))
    today = wall(now(), actor.zone).date()
    with st.container(key="invoices", gap="xsmall"):
        for each in found.invoices:
            late = each.due < today
            due = _("due {date}").format(date=show_date(each.due))
            who = each.student if each.student != each.payer else ""
            detail = joined([each.payer if actor.role is Role.OWNER else "", who, due])
            marks = [(_("Overdue"), "attention")] if late else []
            line(show_money(each.rest), detail, key=each.id, to=record_link("invoices", each.id), marks=marks)
    page_link(table_link("invoices", f_status="pending,overdue"), label=_("Show all open invoices"), icon="list")


def _opening(found: Opening) -> None:
    """The school's week, days with the same hours together, and the days to come on which it is closed."""
    parts.section(_("When the school is open"))
    together: dict[tuple[time, time], list[int]] = {}
    for weekday, hours in sorted(found.hours.days.items()):
        together.setdefault(hours, []).append(weekday)
    week = [(_days(days), f"{show_time(opens)}–{show_time(closes)}") for (opens, closes), days in together.items()]
    closed = [(show_day(each.day), joined([_("closed"), each.name])) for each in found.closed]
    with st.container(key="opening"):
        facts([*week, *closed])


def _days(weekdays: list[int]) -> str:
    """Monday to Friday, where they follow each other."""
    first, last = weekdays[0], weekdays[-1]
    if last - first == len(weekdays) - 1 >= 2:
        return _("{first} to {last}").format(first=show_weekday(first), last=show_weekday(last, alone=False))
    return ", ".join(show_weekday(each, alone=each == first) for each in weekdays)


home()
