"""Wellbeing over time: how often and how long students speak with their companion, and how they say they feel."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.base import model_of
from domain.kit.clock import today
from domain.kit.formats import show_date, show_number, show_percent
from domain.kit.texts import N_, _, ngettext
from domain.operations.class_queries import class_names
from domain.records.missing import note_missing
from domain.supervision.enums import Mood
from domain.supervision.queries import WellbeingDay, students_with_wellbeing, wellbeing
from domain.supervision.rules import moving_average, nearest_mood
from pages._charts.wellbeing import Curve, Ink, line_chart
from pages._shell import parts, state
from pages._shell.guard import open_page
from pages._shell.palette import tokens

SCHOOL, CLASS, STUDENT = "school", "class", "student"
WHOSE = {SCHOOL: N_("The school"), CLASS: N_("A class"), STUDENT: N_("A student")}
SPANS = {30: N_("30 days"), 90: N_("90 days"), 365: N_("A year")}
USUAL_SPAN = 90
WEEK = 7
DASH = "—"
PLOT: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}


def page() -> None:
    """Choose whose figures and how far back, then see them."""
    actor = open_page("wellbeing")
    own = actor.role is Role.STUDENT
    sentence = (
        _("How often and how long you talked with your companion, and how you said you felt. Nothing here comes from your words.")
        if own
        else _("How often and how long students talk with their companion, and how they say they feel. Never what was said.")
    )
    parts.page_header(_("Wellbeing"), sentence)
    with st.container(key="wellbeing-choice", horizontal=True, vertical_alignment="bottom"):
        whose, who = (STUDENT, actor.user_id) if own else _whose(actor)
        span = _span()
    if whose != SCHOOL and who is None:
        parts.empty_state("favorite", _("Choose whose days you want to see."), key="choose")
        return
    last = today(actor.zone)
    first = last - timedelta(days=span - 1)
    with st.spinner(_("Adding up the days …")), reading(actor) as session:
        days = wellbeing(
            session, first, last, student_id=who if whose == STUDENT else None, class_id=who if whose == CLASS else None
        )
    if not days:
        parts.empty_state("favorite", _("No figures for these days. They appear the day after a conversation."), key="no-days")
        return
    _summary(days, many=whose != STUDENT)
    _charts(days)


def _whose(actor: Actor) -> tuple[str, str | None]:
    """The school, a class or a student: the address says which, and is told."""
    query = st.query_params
    whose = STUDENT if STUDENT in query else CLASS if CLASS in query else SCHOOL
    state.put("wellbeing-whose", whose)

    def switch() -> None:
        chosen = state.value("wellbeing-whose") or SCHOOL
        for name in (CLASS, STUDENT):
            query.pop(name, None)
        if chosen != SCHOOL:
            query[chosen] = ""

    st.segmented_control(_("Of"), list(WHOSE), format_func=lambda each: _(WHOSE[each]), key="wellbeing-whose", on_change=switch)
    if whose == SCHOOL:
        return whose, None
    with reading(actor) as session:
        options = dict(students_with_wellbeing(session) if whose == STUDENT else class_names(session))
        wanted = query.get(whose, "")
        if wanted and wanted not in options:
            note_missing(session, model_of("users" if whose == STUDENT else "classes"), wanted)
    key = f"wellbeing-{whose}"
    state.put(key, wanted if wanted in options else None)

    def keep() -> None:
        query[whose] = state.value(key) or ""

    return whose, st.selectbox(
        _("Student") if whose == STUDENT else _("Class"),
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=keep,
        placeholder=_("Choose …"),
    )


def _span() -> int:
    wanted = st.query_params.get("days", "")
    span = int(wanted) if wanted in {str(each) for each in SPANS} else USUAL_SPAN
    state.put("wellbeing-days", span)

    def keep() -> None:
        st.query_params["days"] = str(state.value("wellbeing-days") or USUAL_SPAN)

    st.segmented_control(
        _("How far back"), list(SPANS), format_func=lambda each: _(SPANS[each]), key="wellbeing-days", on_change=keep
    )
    return span


def _summary(days: list[WellbeingDay], *, many: bool) -> None:
    """The last week beside the one before it."""
    last, before = days[-WEEK:], days[-2 * WEEK : -WEEK]
    told = [
        (_("Engagement, last week"), *(_percent(_mean(each, "engagement")) for each in (last, before))),
        (_("Conversations a week"), *(_count(_sum(each, "conversations")) for each in (last, before))),
        (_("Minutes a week"), *(_count(_sum(each, "minutes")) for each in (last, before))),
    ]
    earlier = _("the week before: {figure}")
    found = [parts.Metric(label, figure, detail=earlier.format(figure=old)) for label, figure, old in told]
    found.append(_mood(days[-4 * WEEK :]))
    parts.metric_row(found, key="wellbeing")
    if many:
        most = max(each.students for each in days)
        parts.quiet(ngettext("The mean of {count} student.", "The mean of {count} students.", most))


def _mood(days: Sequence[WellbeingDay]) -> parts.Metric:
    answers = sum(each.moods for each in days)
    label = _("Mood, last four weeks")
    if not answers:
        return parts.Metric(label, _("not asked"), detail=_("Only what students say of themselves counts."))
    mean = sum((each.mood or 0) * each.moods for each in days) / answers
    return parts.Metric(label, nearest_mood(mean).label, detail=ngettext("from {count} answer", "from {count} answers", answers))


def _mean(days: Sequence[WellbeingDay], name: str) -> float | None:
    known = [value for each in days if (value := getattr(each, name)) is not None]
    return sum(known) / len(known) if known else None


def _sum(days: Sequence[WellbeingDay], name: str) -> float | None:
    return sum(getattr(each, name) for each in days) if days else None


def _percent(value: float | None) -> str:
    return show_percent(value) if value is not None else DASH


def _count(value: float | None) -> str:
    return show_number(round(value, 1)) if value is not None else DASH


def _charts(days: list[WellbeingDay]) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        _chart(_("Engagement"), _("0 is none, 1 is full: how much of the usual rhythm was there."), "engagement", days, top=1.0)
        _chart(_("Minutes a day"), _("How long the conversations lasted together."), "minutes", days)
    with right:
        _chart(_("Conversations a day"), _("How many there were; an ordinary day has none or one."), "conversations", days)
        ticks = [(mood.height, mood.label) for mood in Mood]
        _chart(
            _("Mood"), _("Only what was said by tapping; days without an answer stay empty."), "mood", days, top=1.0, ticks=ticks
        )


def _chart(
    title: str,
    sentence: str,
    name: str,
    days: list[WellbeingDay],
    *,
    top: float | None = None,
    ticks: Sequence[tuple[float, str]] = (),
) -> None:
    """One figure over time, and its numbers as a table."""
    values = [getattr(each, name) for each in days]
    with parts.card(f"chart-{name}"):
        parts.section(title, sentence)
        if all(value is None for value in values):
            parts.empty_state("sentiment_neutral", _("Not asked in these days."), key=f"none-{name}")
            return
        theme = tokens(dark=st.context.theme.type == "dark")
        ink = Ink(theme.text, theme.quiet, theme.line, theme.link)
        known = sum(value is not None for value in values)
        smooth = moving_average(values, WEEK) if known > len(values) / 2 else ()
        curve = Curve([each.day for each in days], values, smooth, _("each day"), _("mean of seven days"), top, ticks)
        st.plotly_chart(line_chart(curve, ink), key=f"chart-{name}", theme=None, config=PLOT)
        with st.expander(_("As a table"), icon=":material/table_rows:"):
            _table(title, name, days)


def _table(title: str, name: str, days: list[WellbeingDay]) -> None:
    shown = [_cell(name, getattr(each, name)) for each in reversed(days)]
    st.dataframe(
        {_("Date"): [show_date(each.day) for each in reversed(days)], title: shown},
        key=f"table-{name}",
        hide_index=True,
        height=240,
        alt=title,
    )


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return _("not asked") if name == "mood" else DASH
    if name == "mood":
        return nearest_mood(value).label
    return show_percent(value) if name == "engagement" else show_number(round(value, 1))


page()
