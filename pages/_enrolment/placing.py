"""Placement tests: a score, the level that it recommends, another one where someone knows better, and on into a class."""

from collections.abc import Callable

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.base import model_of
from domain.db.gather import gather
from domain.kit.formats import show_date, show_number
from domain.kit.texts import _
from domain.operations import enrolment_queries as queries
from domain.operations.enrolment_queries import LevelLine, PlacementLine
from domain.operations.placing import place, recommendation
from domain.records.fields import fields
from pages._crud import undo, widgets
from pages._enrolment.address import LEVEL, PERSON, key_in
from pages._enrolment.past import level_words
from pages._shell import parts, state
from pages._shell.catalog import table_link
from pages._shell.errors import Fields
from pages._shell.lines import joined, line
from pages._shell.navigate import page_link

SHOWN = 20
WHO, COURSE, SCORE, CHOSEN, REASON, NOTES = (
    f"placing-{name}" for name in ("who", "course", "score", "chosen", "reason", "notes")
)


def placements(actor: Actor) -> None:
    """The form, what a score recommends, and the last tests."""
    with reading(actor) as session:
        levels, recent = gather(session, lambda: queries.levels(session), lambda: queries.placement_lines(session, limit=SHOWN))
    left, right = st.columns([3, 2], gap="medium")
    with left, parts.card("placing"):
        _form(actor, levels)
    with right:
        _recent(actor, recent)


def _form(actor: Actor, levels: list[LevelLine]) -> None:
    courses = {each.course_id: each.course for each in levels}
    form = Fields("placing")
    parts.section(_("Enter a test"))
    with form.of("user_id"):
        widgets.pick(fields(model_of("placements"))["user_id"], key_in(PERSON) or None, WHO, actor)
    with form.of("course_type_id"):
        course = st.selectbox(
            _("Course"),
            list(courses),
            index=0 if len(courses) == 1 else None,
            format_func=lambda each: courses.get(each, ""),
            key=COURSE,
            placeholder=_("Choose one"),
        )
    with form.of("score"):
        score = st.number_input(_("Score"), value=None, step=1, key=SCORE, help=_("From 0 to 100."))
    of_course = {each.id: each.name for each in levels if each.course_id == course}
    advised = _advice(actor, course, score, of_course)
    with form.of("chosen_level_id"):
        chosen = st.selectbox(
            _("Another level"),
            list(of_course),
            index=None,
            format_func=lambda each: of_course.get(each, ""),
            key=CHOSEN,
            placeholder=_("As recommended"),
            help=_("Where someone knows better than the score; say why."),
        )
    reason = ""
    if chosen and chosen != advised:
        with form.of("reason"):
            reason = st.text_input(_("Why another level?"), key=REASON, max_chars=500)
    with form.of("notes"):
        notes = st.text_area(_("Notes"), key=NOTES, height=80)
    if st.button(_("Save the test"), key="placing-save", type="primary", icon=":material/check:"):
        said = {"chosen": chosen, "reason": reason or "", "notes": notes or ""}
        _save(actor, form, (course, None if score is None else int(score)), said)


def _advice(actor: Actor, course: str | None, score: float | None, of_course: dict[str, str]) -> str | None:
    """What the score recommends, said as soon as it is typed."""
    if not course or score is None:
        return None
    with reading(actor) as session:
        level = recommendation(session, course, int(score))
    if level:
        parts.note(_("Recommended: {level}").format(level=of_course.get(level, "—")), "good")
    else:
        parts.note(_("No level of this course begins at such a score. Choose one, or set the thresholds."), "attention")
        page_link(table_link("placement_thresholds"), label=_("Thresholds"), icon="tune")
    return level


def _save(actor: Actor, form: Fields, tested: tuple[str | None, int | None], said: dict[str, str | None]) -> None:
    who, done = str(state.value(WHO) or ""), False
    with form.telling():
        with unit_of_work(actor) as session:
            place(
                session,
                who,
                tested[0] or "",
                tested[1],
                chosen=said["chosen"],
                reason=said["reason"] or "",
                notes=said["notes"] or "",
            )
        done = True
    if done:
        undo.done(actor, written(session), _("The test was saved."))
        state.drop(SCORE, CHOSEN, REASON, NOTES, WHO)
        st.query_params.from_dict({PERSON: who})  # straight on to enrolling
        st.rerun()


def _recent(actor: Actor, recent: list[PlacementLine]) -> None:
    parts.section(_("Last tests"), _("Open one to enrol the student from it."))
    if not recent:
        parts.empty_state("quiz", _("No placement tests yet."), key="no-tests")
    with st.container(key="tests", gap="xsmall"):
        for each in recent:
            day = show_date(each.tested.astimezone(actor.zone).date())
            detail = joined([_("score {score}").format(score=show_number(each.score)), level_words(each), day])
            line(each.who, detail, key=f"test-{each.id}", to=_opening(each))


def _opening(test: PlacementLine) -> Callable[[], None]:
    def opened() -> None:
        st.query_params.from_dict({PERSON: test.user_id, **({LEVEL: test.level_id} if test.level_id else {})})

    return opened
