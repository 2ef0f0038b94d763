"""Who is enrolled: someone who is known, found by search, or someone new, written down in place."""

from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import unit_of_work
from domain.core.models import User
from domain.db.base import model_of
from domain.kit.errors import InvalidInput, Problem
from domain.kit.formats import show_date
from domain.kit.texts import _, ngettext
from domain.operations.enrolment_queries import Person, Stay
from domain.operations.enums import WaitingStatus
from domain.records import write
from domain.records.fields import fields
from pages._crud import undo, widgets
from pages._crud.values import Unreadable, read
from pages._enrolment.address import CLASS, DROP, HOW, LEAVE, LEVEL, TRANSFER, afresh, go, going
from pages._shell import parts, state
from pages._shell.catalog import record_link
from pages._shell.errors import Fields
from pages._shell.lines import joined, words
from pages._shell.navigate import page_link

PICKED = "enrol-person"
NEW = ("first_name", "last_name", "birth_date", "phone", "email")


def choose(actor: Actor) -> None:
    """Find a student, or write down someone new; the address then names them."""
    with parts.card("choose-person"):
        parts.section(_("Who enrols?"))
        widgets.pick(fields(model_of("enrollments"))["user_id"], None, PICKED, actor)
        chosen = state.value(PICKED)
        st.button(_("Go on"), key="person-next", type="primary", disabled=not chosen, on_click=_chosen)
    if decide(actor, "C", User):
        with st.expander(_("Someone new"), icon=":material/person_add:"):
            _new(actor)


def _chosen() -> None:
    go(person=str(state.value(PICKED) or ""))
    state.drop(PICKED)


def _new(actor: Actor) -> None:
    known, form = fields(User), Fields("new-person")
    parts.quiet(_("Enough to begin with. The rest can be added to their record later."))
    for name in NEW:
        with form.of(name):
            widgets.draw(known[name], None, f"new-person-{name}", actor)
    if not st.button(_("Create and go on"), key="new-person-save", type="primary"):
        return
    made, said = "", ""
    with form.telling():
        given = {name: _typed(name, actor) for name in NEW}
        with unit_of_work(actor) as session:
            person = write.create(session, User, {**given, "role": Role.STUDENT})
            made, said = person.id, f"{given['first_name']} {given['last_name']}"
    if made:
        undo.done(actor, written(session), _("“{name}” was created.").format(name=said))
        state.drop(*(f"new-person-{name}" for name in NEW))
        go(person=made)
        st.rerun()


def _typed(name: str, actor: Actor) -> object:
    try:
        return read(fields(User)[name], state.value(f"new-person-{name}"), actor.zone)
    except Unreadable as error:
        raise InvalidInput([Problem(name, error.source, error.params)]) from None


def head(person: Person, *, may_move: bool) -> None:
    """The person, and the classes that they are in now with what can be done about each."""
    with parts.card("person"):
        with st.container(horizontal=True, vertical_alignment="center", key="person-head"):
            parts.person_chip(person.name, Role.STUDENT, Role.STUDENT.label)
            page_link(record_link("users", person.id), label=_("Their record"), icon="arrow_outward")
            st.button(
                _("Someone else"), key="person-other", icon=":material/person_search:", type="tertiary", on_click=partial(afresh)
            )
        if not person.current:
            parts.quiet(_("Not in any class now."))
        for each in person.current:
            _stay(each, may_move=may_move)
        waits = [each for each in person.waits if each.closed is None]
        for wait in waits:
            place = ngettext("place {count} on the list", "place {count} on the list", wait.position)
            offered = wait.status is WaitingStatus.OFFERED
            said = (_("a seat is offered"), "star") if offered else ("", "neutral")
            words(_("Waits for {klass}").format(klass=wait.klass), place, marks=[said])


def _stay(stay: Stay, *, may_move: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"stay-{stay.id}"):
        with st.container(width="stretch"):
            words(stay.klass, joined([_("since {date}").format(date=show_date(stay.since.date()))]))
        if not may_move:
            return
        with st.container(horizontal=True, width="content", key=f"stay-actions-{stay.id}"):
            leaving = {LEAVE: stay.id, LEVEL: "", CLASS: ""}
            st.button(
                _("Move to another class"),
                key=f"transfer-{stay.id}",
                icon=":material/swap_horiz:",
                on_click=going(**leaving, **{HOW: TRANSFER}),
            )
            st.button(
                _("End it"),
                key=f"drop-{stay.id}",
                icon=":material/logout:",
                type="tertiary",
                on_click=going(**leaving, **{HOW: DROP}),
            )
