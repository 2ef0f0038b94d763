"""Figures without names for who runs the business: how many people, and what is usual among them, never of fewer than five."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading
from domain.db.base import model_of
from domain.figures import questions
from domain.figures.questions import Answer, Teaching, figures
from domain.figures.rules import FEW, Figure
from domain.kit.clock import today
from domain.kit.formats import show_month
from domain.kit.texts import N_, _
from domain.operations.enums import EnrollmentStatus
from domain.supervision.enums import AlertLevel
from pages._charts.spans import Bar
from pages._shell import cache, parts, state
from pages._shell.guard import open_page
from pages._shell.lines import joined
from pages._shell.spans import at_least_words, bars_and_table, share_words

STUDENTS, LEARNING, CARE = "students", "learning", "care"
TOPICS = {STUDENTS: N_("Students and classes"), LEARNING: N_("Learning"), CARE: N_("Care")}
MONTHS_SHOWN = 12
MONTHS_OF_ALERTS = 6


@dataclass(frozen=True)
class Chart:
    """One question's place on the page: a title, a sentence, what its figures are called, and what of them is drawn."""

    name: str
    title: str
    sentence: str
    topic: str
    column: str
    label: Callable[[Figure, Teaching], str]
    share: str = ""  # what the mean is called, where one is told; then it is what is drawn
    moments: int = MONTHS_SHOWN  # 1: the last, which is named above; 0: those of the last term


def page() -> None:
    """Choose a topic, see its figures."""
    actor = open_page("figures")
    sentence = _(
        "How the school does, without names. Nothing here is about fewer than five people, and people are counted in fives, so "
        "that nobody can be picked out; a month appears once it is over."
    )
    parts.page_header(_("Figures"), sentence)
    topic = _topic()
    charts = [each for each in CHARTS if each.topic == topic]
    with st.spinner(_("Counting …")):
        known, answers = cache.while_unchanged(actor, "figures", (topic, today(actor.zone)), lambda: _ask(actor, charts))
    for each in charts:
        if each.name in answers:
            _chart(each, answers[each.name], known)


def _ask(actor: Actor, charts: Sequence[Chart]) -> tuple[Teaching, dict[str, Answer]]:
    with reading(actor) as session:
        return figures(session, [each.name for each in charts])


def _topic() -> str:
    """What the address says, and is told."""
    wanted = st.query_params.get("topic", "")
    topic = wanted if wanted in TOPICS else STUDENTS
    state.put("figures-topic", topic)

    def keep() -> None:
        st.query_params["topic"] = state.value("figures-topic") or STUDENTS

    st.pills(
        _("About"),
        list(TOPICS),
        format_func=lambda each: _(TOPICS[each]),
        key="figures-topic",
        on_change=keep,
        label_visibility="collapsed",
    )
    return topic


def _chart(chart: Chart, answer: Answer, known: Teaching) -> None:
    moments = _shown(chart, answer)
    shown = [each for moment in reversed(moments) for each in answer.at(moment)]
    with parts.card(f"chart-{chart.name}"):
        parts.section(_(chart.title), joined([_when(chart, moments, known), _(chart.sentence)]))
        if not any(each.is_told for each in shown):
            parts.empty_state(
                "group_off", _("Fewer than five people so far, so there is nothing to show."), key=f"few-{chart.name}"
            )
            return
        bars = [_bar(each, chart.label(each, known), with_share=bool(chart.share)) for each in shown]
        columns = {_(chart.column): [each.name for each in bars], _("People"): [at_least_words(each.at_least) for each in shown]}
        if chart.share:
            columns[_(chart.share)] = [share_words(each.share) for each in shown]
        bars_and_table(chart.name, _(chart.title), bars, columns, percent=bool(chart.share))


def _shown(chart: Chart, answer: Answer) -> list[str]:
    """The moments that are drawn: the latest, or all of the latest term."""
    if chart.moments:
        return answer.moments[-chart.moments :]
    last = "".join(answer.moments[-1:]).split(".")[0]
    return [each for each in answer.moments[::-1] if each.split(".")[0] == last]


def _when(chart: Chart, moments: Sequence[str], known: Teaching) -> str:
    """The one month or term that all of a chart is about, if it is about one."""
    if not moments or chart.moments > 1:
        return ""
    return _month_name(moments[0]) if chart.moments else known.terms.get(moments[0].split(".")[0], "")


def _bar(told: Figure, name: str, *, with_share: bool) -> Bar:
    if not told.is_told:
        return Bar(name, None, None, at_least_words(0))
    if with_share:
        band = told.share
        return Bar(name, band.low if band else None, band.high if band else None, share_words(band))
    return Bar(name, told.at_least, told.at_least + FEW - 1, at_least_words(told.at_least))


def _month_name(month: str) -> str:
    return show_month(date.fromisoformat(f"{month}-01"))


def _month(told: Figure, _known: Teaching) -> str:
    return _month_name(told.moment)


def _level(told: Figure, known: Teaching) -> str:
    """Such as: English: B2 or C1."""
    course = told.moment.split(".")[1]
    codes = known.levels.get(course, {})
    what = _any([codes.get(each, "") for each in told.groups]) if len(told.groups) < len(codes) else _("all levels")
    return _("{when}: {what}").format(when=known.courses.get(course, ""), what=what)


def _ending(told: Figure, _known: Teaching) -> str:
    return _any([EnrollmentStatus(each).label for each in told.groups])


def _alert(told: Figure, known: Teaching) -> str:
    what = _any([AlertLevel(each).label for each in told.groups]) if len(told.groups) < len(AlertLevel) else _("any level")
    return _("{when}: {what}").format(when=_month(told, known), what=what)


def _tool(told: Figure, _known: Teaching) -> str:
    return _(model_of(told.groups[0]).__title__)


def _any(names: Sequence[str]) -> str:
    """Names of groups that were put together: A, B or C."""
    if len(names) < 2:
        return "".join(names)
    return _("{some} or {last}").format(some=", ".join(names[:-1]), last=names[-1])


CHARTS = (
    Chart(
        questions.ATTENDANCE,
        N_("Attendance"),
        N_("How often students were in the room when it was noted: the mean of all, each student counting alike."),
        STUDENTS,
        N_("Month"),
        _month,
        N_("Were there"),
    ),
    Chart(
        questions.ENROLLED,
        N_("Enrolled students"),
        N_("Who had a place in a class at the month's end."),
        STUDENTS,
        N_("Month"),
        _month,
    ),
    Chart(
        questions.LEVELS,
        N_("Enrolments by level"),
        N_("Taken a month into each term. Levels of few students are put together with another."),
        STUDENTS,
        N_("Level"),
        _level,
        moments=0,
    ),
    Chart(
        questions.ENDINGS,
        N_("How enrolments ended"),
        N_("Taken a month after each term. What happened to few is put together with another outcome."),
        STUDENTS,
        N_("Outcome"),
        _ending,
        moments=0,
    ),
    Chart(
        questions.PLACEMENTS,
        N_("Placement tests"),
        N_("Who was tested, and the mean of their scores out of 100."),
        LEARNING,
        N_("Month"),
        _month,
        N_("Score"),
    ),
    Chart(
        questions.TOOLBOX,
        N_("Use of the toolbox"),
        N_("Who wrote, tried, kept or earned something in the last month."),
        LEARNING,
        N_("Part"),
        _tool,
        moments=1,
    ),
    Chart(
        questions.ALERTS,
        N_("Alerts"),
        N_("Students about whom an alert was raised, each under the month's highest level. Levels of few are put together."),
        CARE,
        N_("Level"),
        _alert,
        moments=MONTHS_OF_ALERTS,
    ),
    Chart(
        questions.WELLBEING,
        N_("Engagement"),
        N_("0% is none, 100% is full: how much of students' usual rhythm with their companion was there."),
        CARE,
        N_("Month"),
        _month,
        N_("Engagement"),
    ),
    Chart(
        questions.MOOD,
        N_("Mood"),
        N_("0% is sad, 100% is great: the mean of those who said by tapping how they felt, and of nobody else."),
        CARE,
        N_("Month"),
        _month,
        N_("Mood"),
    ),
)

page()
