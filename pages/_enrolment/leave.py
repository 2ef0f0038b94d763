"""Out of a class, or into another one: everything that it touches is shown before it is confirmed."""

from dataclasses import dataclass

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.db.gather import gather
from domain.kit.texts import _
from domain.operations import enrolment
from domain.operations import enrolment_queries as queries
from domain.operations.enrolment_queries import ClassChoice, Person, Stay
from domain.operations.leaving import touched_by_leaving
from pages._crud import undo
from pages._enrolment import choices
from pages._enrolment.address import CLASS, HOW, LEAVE, LEVEL, TRANSFER, afresh, go, going, key_in
from pages._shell import parts, state
from pages._shell.errors import Fields
from pages._shell.findings import findings_list

REASON = "leave-reason"


@dataclass(frozen=True)
class Step:
    """What is about to be done: someone's time in a class ends, or goes on in another one."""

    person: Person
    stay: Stay
    target: ClassChoice | None = None

    def take(self, session: ScopedSession, reason: str) -> None:
        """Do it."""
        if self.target is None:
            enrolment.drop(session, self.stay.id, reason)
        else:
            enrolment.transfer(session, self.stay.id, self.target.card.id, reason)

    @property
    def said(self) -> str:
        """That it was done."""
        if self.target is None:
            return _("{who} is no longer in {klass}.").format(who=self.person.name, klass=self.stay.klass)
        said = _("{who} moved from {klass} to {other}.")
        return said.format(who=self.person.name, klass=self.stay.klass, other=self.target.card.name)


def panel(actor: Actor, person: Person, stay: Stay) -> None:
    """What is about to be done to an enrolment, and what it touches."""
    with st.container(key="leaving", gap="small"):
        if st.query_params.get(HOW) == TRANSFER:
            _transfer(actor, person, stay)
        else:
            parts.section(_("End {who}'s time in {klass}?").format(who=person.name, klass=stay.klass))
            _confirm(actor, Step(person, stay))


def _transfer(actor: Actor, person: Person, stay: Stay) -> None:
    target = key_in(CLASS)
    if target:
        with reading(actor) as session:
            found = queries.class_choices(session, person.id, class_id=target, leaving=[stay.class_id])
        if found and not found[0].against:
            title = _("Move {who} from {klass} to {other}?")
            parts.section(title.format(who=person.name, klass=stay.klass, other=found[0].card.name))
            _confirm(actor, Step(person, stay, found[0]))
            return
    parts.section(_("Where does {who} go from {klass}?").format(who=person.name, klass=stay.klass))
    level = key_in(LEVEL) or stay.level_id
    with reading(actor) as session:
        offered, levels = gather(
            session,
            lambda: queries.class_choices(session, person.id, level=level, leaving=[stay.class_id]),
            lambda: queries.levels(session),
        )
    known = {each.id: each for each in levels}
    state.put("transfer-level", level if level in known else None)
    st.selectbox(
        _("Level"),
        list(known),
        index=None,
        format_func=lambda key: f"{known[key].course} · {known[key].name} ({known[key].classes})",
        key="transfer-level",
        on_change=lambda: go(level=state.value("transfer-level") or ""),
    )
    if not offered:
        parts.empty_state("event_busy", _("No other class of this level goes on or is planned."), key="no-classes")
    choices.class_list(offered, choose=lambda key: going(**{CLASS: key}), key="transfer")
    _cancel()


def _confirm(actor: Actor, step: Step) -> None:
    target = step.target
    with st.spinner(_("Looking at what this touches …")), reading(actor) as session:
        found = touched_by_leaving(session, step.stay.id, target.card.id if target else None)
    parts.quiet(_("Nothing is done yet. This is what it touches:"))
    findings_list(found, key="touched")
    form = Fields("leave")
    with form.of("reason"):
        label = _("Reason") if target else parts.needed(_("Reason"))
        reason = st.text_input(label, key=REASON, max_chars=500, placeholder=_("Such as: moved to another city"))
    with st.container(horizontal=True, horizontal_alignment="right", key="leave-actions"):
        _cancel()
        if target:
            doing = st.button(_("Move now"), key="leave-yes", type="primary", icon=":material/swap_horiz:")
        else:
            with st.container(key="danger-leave", width="content"):
                doing = st.button(_("End it now"), key="leave-yes", type="primary", icon=":material/logout:")
    if doing:
        _do(actor, form, step, reason or "")


def _do(actor: Actor, form: Fields, step: Step, reason: str) -> None:
    done = False
    with form.telling():
        with unit_of_work(actor) as session:
            step.take(session, reason)
        done = True
    if done:
        undo.done(actor, written(session), step.said)
        state.drop(REASON)
        afresh(person=step.person.id)
        st.rerun()


def _cancel() -> None:
    st.button(_("Leave it as it is"), key="leave-no", on_click=going(**{LEAVE: "", HOW: "", CLASS: "", LEVEL: ""}))
