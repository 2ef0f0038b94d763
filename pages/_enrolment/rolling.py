"""A class goes on in the next term: with whom, at which level, under which name."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.gather import gather
from domain.kit.clock import today
from domain.kit.formats import show_date
from domain.kit.texts import _, ngettext
from domain.operations import enrolment
from domain.operations import enrolment_queries as queries
from domain.operations.class_queries import class_names
from domain.operations.enrolment_queries import RollingClass, TermLine
from pages._crud import undo
from pages._enrolment.address import CLASS, go, key_in
from pages._shell import parts, state
from pages._shell.catalog import Link
from pages._shell.errors import Fields
from pages._shell.navigate import switch_to

SOON = 21  # days before a term's end from which its classes may well be finished with it


def rolling(actor: Actor) -> None:
    """Choose a class, then what of it goes on."""
    with reading(actor) as session:
        classes, terms = gather(session, lambda: class_names(session), lambda: queries.terms(session))
    names = dict(classes)
    parts.quiet(_("The class begins anew in a later term, with its week, teacher and room; you choose who stays."))
    state.put("roll-class", key_in(CLASS) if key_in(CLASS) in names else None)
    st.selectbox(
        _("Class"),
        list(names),
        index=None,
        format_func=lambda key: names.get(key, ""),
        key="roll-class",
        on_change=lambda: go(**{CLASS: state.value("roll-class") or ""}),
        placeholder=_("Which class goes on?"),
    )
    if key_in(CLASS) not in names:
        return
    with reading(actor) as session:
        found, levels = gather(session, lambda: queries.rolling_class(session, key_in(CLASS)), lambda: queries.levels(session))
    later = [each for each in terms if each.first > found.term_first]
    if not later:
        parts.empty_state("date_range", _("No later term yet. Add it first, under Operations."), key="no-term")
        return
    with parts.card("rolling"):
        _form(actor, found, later, {each.id: f"{each.course} · {each.name}" for each in levels})


def _form(actor: Actor, found: RollingClass, later: list[TermLine], levels: dict[str, str]) -> None:
    form, key = Fields("roll"), found.id
    names = {each.id: each.name for each in later}
    with form.of("term_id"):
        term = st.selectbox(_("Into the term"), list(names), format_func=lambda each: names[each], key=f"roll-term-{key}")
    with form.of("level_id"):
        at = list(levels).index(found.level_id) if found.level_id in levels else None
        level = st.selectbox(_("Level"), list(levels), index=at, format_func=lambda each: levels[each], key=f"roll-level-{key}")
    with form.of("name"):
        name = st.text_input(_("Name"), found.name, key=f"roll-name-{key}", max_chars=120)
    parts.section(_("Who stays?"))
    if not found.students:
        parts.quiet(_("Nobody is enrolled yet."))
    staying = _staying(found)
    soon = (found.term_last - today(actor.zone)).days <= SOON
    finish = st.toggle(
        _("Finish the present class: its enrolments are completed"),
        value=soon,
        key=f"roll-finish-{key}",
        help=_("Leave it off while the class still meets: it goes on until its term's end, and the new one waits."),
    )
    parts.quiet(_what(found, len(staying), finish=finish))
    if st.button(_("Roll over"), key="roll-save", type="primary", icon=":material/event_repeat:"):
        values = {"term_id": term or "", "level_id": level or "", "name": name or ""}
        _do(actor, form, found, (values, staying, finish))


def _staying(found: RollingClass) -> list[str]:
    kept = []
    with st.container(key="roll-students", horizontal=True, gap="xsmall"):
        for key, name in found.students:
            if st.checkbox(name, value=True, key=f"stays-{key}", width=260):
                kept.append(key)
    return kept


def _what(found: RollingClass, staying: int, *, finish: bool) -> str:
    """What will be done, in one line."""
    begins = ngettext("The new class begins with {count} student.", "The new class begins with {count} students.", staying)
    until = _("{klass} goes on until {day}.").format(klass=found.name, day=show_date(found.term_last))
    ends = _("{klass} is closed, and all its enrolments are completed.").format(klass=found.name)
    told = _("Those who stay are told, and their guardians.") if staying else ""
    return f"{begins} {ends if finish else until} {told}".strip()


def _do(actor: Actor, form: Fields, found: RollingClass, said: tuple[dict[str, str], list[str], bool]) -> None:
    values, staying, finish = said
    made = ""
    with form.telling(), unit_of_work(actor) as session:
        made = enrolment.roll_over(session, found.id, values, staying, finish=finish).id
    if made:
        undo.done(actor, written(session), _("{klass} goes on in the next term.").format(klass=values["name"]))
        switch_to(Link("class", {"record": made}))
