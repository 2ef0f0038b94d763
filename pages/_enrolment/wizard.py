"""From a person to a seat: who, which level, which class, yes."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.base import model_of
from domain.db.gather import gather
from domain.kit.formats import show_date, show_number
from domain.kit.texts import _, ngettext
from domain.operations import enrolment, waiting
from domain.operations import enrolment_queries as queries
from domain.operations.enrolment_queries import ClassChoice, LevelLine, Person
from domain.records.missing import note_missing
from pages._crud import undo
from pages._enrolment import leave, past, people
from pages._enrolment.address import CLASS, LEAVE, LEVEL, PERSON, afresh, go, going, key_in
from pages._enrolment.choices import class_list, first_text, reasons, week_text
from pages._shell import focus, parts, state
from pages._shell.catalog import Link
from pages._shell.errors import Fields, telling
from pages._shell.guard import current_actor
from pages._shell.lines import facts
from pages._shell.navigate import page_link

DONE = "enrolment-done"  # what was done last: the person, the class's name and key


def wizard(actor: Actor) -> None:
    """The step that the address has come to."""
    _steps()
    _done()
    key = key_in(PERSON)
    if not key:
        _into()
        people.choose(actor)
        return
    with reading(actor) as session:
        person, levels = gather(session, lambda: queries.person(session, key), lambda: queries.levels(session))
        if person is None:
            note_missing(session, model_of("users"), key)
    if person is None:
        parts.empty_state(
            "search_off", _("This person doesn't exist, or isn't yours to see."), _("Choose someone"), on_click=partial(afresh)
        )
        return
    may_move = bool(decide(actor, "U", "enrollments"))
    people.head(person, may_move=may_move)
    stay = next((each for each in person.current if each.id == key_in(LEAVE)), None)
    if stay is not None and may_move:
        leave.panel(actor, person, stay)
    elif key_in(CLASS):
        _confirm(actor, person, key_in(CLASS))
    else:
        _level_and_class(actor, person, levels)
    past.chronicle(actor, person)


def _steps() -> None:
    """Where one is on the way."""
    if key_in(LEAVE):
        focus.arrive("leaving")
        return
    focus.arrive("enrol-steps")
    at = 0 if not key_in(PERSON) else 3 if key_in(CLASS) else 2 if key_in(LEVEL) else 1
    names = (_("Person"), _("Level"), _("Class"), _("Confirm"))
    said = (f"**{number} {name}**" if number == at + 1 else f"{number} {name}" for number, name in enumerate(names, 1))
    with st.container(key="enrol-steps"):
        st.markdown(" → ".join(said))


def _into() -> None:
    if key_in(CLASS):
        with reading(current_actor()) as session:
            name = enrolment.class_name(session, key_in(CLASS))
        if name:
            parts.note(_("Into {klass}. Choose who enrols.").format(klass=name))


def _done() -> None:
    """What was done last, and what comes next."""
    found = state.value(DONE)
    if not found or found[0] != key_in(PERSON):
        return
    _key, said, class_id = found
    with parts.card("done"):
        parts.note(said, "good")
        with st.container(horizontal=True, key="done-next"):
            page_link(Link("class", {"record": class_id}), label=_("Open the class"), icon="calendar_view_week")
            st.button(_("Enrol someone else"), key="done-again", icon=":material/person_add:", on_click=_again)


def _again() -> None:
    _forget_done()
    afresh()


def _forget_done() -> None:
    state.drop(DONE)


def say_done(person: str, said: str, class_id: str) -> None:
    """Keep what was done for the run that follows, which begins from the person."""
    state.put(DONE, (person, said, class_id))
    afresh(person=person)


def _level_and_class(actor: Actor, person: Person, levels: Sequence[LevelLine]) -> None:
    parts.section(_("Which level?"), _placed(person, actor))
    if not levels:
        parts.empty_state("menu_book", _("No levels yet. They belong to the curriculum."), key="no-levels")
        return
    known = {each.id: each for each in levels}
    wanted = key_in(LEVEL) or next((each.level_id for each in person.placements if each.level_id), None) or ""
    level = _pick_level(known, wanted)
    if level is None:
        return
    with st.spinner(_("Looking up the classes …")), reading(actor) as session:
        choices = queries.class_choices(session, person.id, level=level)
    parts.section(_("Which class?"), ngettext("{count} class of this level", "{count} classes of this level", len(choices)))
    if not choices:
        parts.empty_state("event_busy", _("No class of this level goes on or is planned."), key="no-classes")
    class_list(
        choices,
        choose=lambda key: going(**{CLASS: key}),
        join=lambda key: partial(telling(_join), person.id, key),
        key="enrol",
    )


def _placed(person: Person, actor: Actor) -> str:
    """What the last placement test said."""
    test = next((each for each in person.placements if each.level_id), None)
    if test is None:
        return _("No placement test yet: choose a level, or enter a score under Placement tests.")
    day = show_date(test.tested.astimezone(actor.zone).date())
    if test.chosen:
        said = _("Placement test of {day}: score {score}, {level} chosen ({reason}).")
        return said.format(day=day, score=show_number(test.score), level=test.chosen, reason=test.reason)
    said = _("Placement test of {day}: score {score}, {level} recommended.")
    return said.format(day=day, score=show_number(test.score), level=test.recommended)


def _pick_level(known: dict[str, LevelLine], wanted: str) -> str | None:
    def keep() -> None:
        go(level=state.value("enrol-level") or "")

    state.put("enrol-level", wanted if wanted in known else None)
    chosen: str | None = st.selectbox(
        _("Level"),
        list(known),
        index=None,
        format_func=lambda key: f"{known[key].course} · {known[key].name} ({known[key].classes})",
        key="enrol-level",
        on_change=keep,
        placeholder=_("Choose a level"),
        help=_("In brackets: how many classes of the level go on or are planned."),
    )
    return chosen


def _join(person: str, class_id: str) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        entry = waiting.join(session, person, class_id)
        name = enrolment.class_name(session, entry.class_id)
    said = _("On the waiting list of {klass}.").format(klass=name)
    undo.done(actor, written(session), said)
    say_done(person, said, class_id)


def _confirm(actor: Actor, person: Person, class_id: str) -> None:
    with reading(actor) as session:
        choices = queries.class_choices(session, person.id, class_id=class_id)
    if not choices:
        parts.empty_state("search_off", _("This class doesn't exist, or it isn't yours to open."), key="no-class")
        return
    [each] = choices
    parts.section(_("Enrol {who} in {klass}?").format(who=person.name, klass=each.card.name))
    with parts.card("confirm"):
        _what_it_means(each)
        reasons(each.against)
        with st.container(horizontal=True, key="confirm-actions"):
            st.button(_("Another class"), key="enrol-back", icon=":material/arrow_back:", on_click=going(**{CLASS: ""}))
            if each.can_wait and each.against:
                st.button(
                    _("Join the waiting list"),
                    key=f"join-{class_id}",
                    type="primary",
                    icon=":material/hourglass_top:",
                    on_click=partial(telling(_join), person.id, class_id),
                )
            enrol = not each.against and st.button(_("Enrol"), key="enrol-yes", type="primary", icon=":material/check:")
        if enrol:
            _enrol(actor, person, each)


def _what_it_means(each: ClassChoice) -> None:
    after = max(each.free - 1, 0)
    facts(
        [
            (_("Level"), each.card.level),
            (_("Teacher"), each.card.teacher or _("no teacher yet")),
            (_("Room"), each.card.room or _("no room yet")),
            (_("Week"), week_text(each.week)),
            (_("First session"), first_text(each).partition(": ")[2] or _("No session is planned.")),
            *([] if each.against else [(_("Seats left afterwards"), show_number(after))]),
        ]
    )
    parts.quiet(_("Invoices aren't made by this: bill what applies under Finance."))


def _enrol(actor: Actor, person: Person, each: ClassChoice) -> None:
    done = False
    with Fields("enrol").telling():
        with unit_of_work(actor) as session:
            enrolment.enrol(session, person.id, each.card.id)
        done = True
    if done:
        said = _("{who} is enrolled in {klass}.").format(who=person.name, klass=each.card.name)
        undo.done(actor, written(session), said, back=enrolment.take_back, then=_forget_done)
        say_done(person.id, said, each.card.id)
        st.rerun()
