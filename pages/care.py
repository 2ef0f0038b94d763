"""Telling the school: a student about themself, a teacher or reception about a student; and what became of it."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.db.gather import gather
from domain.kit.texts import N_, _
from domain.supervision.enums import AlertLevel, HomeConcern
from domain.supervision.raising import Readers, about_me, raise_alert, raised_by_me, readers, students_to_choose
from pages._care.told import about_oneself, told
from pages._shell import parts, state
from pages._shell.cells import level_text, plain
from pages._shell.errors import Fields
from pages._shell.guard import open_page
from pages._shell.lines import joined
from pages._shell.worry import STUDENT

# How a student says how urgent it is: in their own words, from low to high.
URGENCY = {
    AlertLevel.YELLOW: N_("I'd like to talk with someone"),
    AlertLevel.ORANGE: N_("It weighs on me a lot"),
    AlertLevel.RED: N_("I need help now"),
}
MEANING = {
    AlertLevel.GREEN: N_("good to know, nothing to do"),
    AlertLevel.YELLOW: N_("someone should look soon"),
    AlertLevel.ORANGE: N_("someone should look today"),
    AlertLevel.RED: N_("someone must act now"),
}


def care() -> None:
    """The form, and below it what one told before."""
    actor = open_page("care")
    is_student = actor.role is Role.STUDENT
    if is_student:
        sentence = _(
            "If something weighs on you, say it here. You don't have to be sure, and you don't have to find the right words."
        )
    else:
        sentence = _(
            "Say what you noticed about a student, in plain words. You don't have to be sure: that is for others to find out."
        )
    parts.page_header(_("Tell the school"), sentence)
    with st.spinner(_("Opening …")), reading(actor) as session:
        mine, about, students = gather(
            session,
            lambda: raised_by_me(session),
            lambda: about_me(session) if is_student else [],
            lambda: students_to_choose(session),
        )
    student = actor.user_id if is_student else _choose(students)
    with reading(actor) as session:
        who = readers(session, student or "")
    left, right = st.columns([3, 2], gap="medium")
    with left, parts.card("raise"):
        _form(actor, student, who, is_student=is_student)
    with right:
        _who_reads(who, is_student=is_student, has_student=bool(student))
    told(mine, actor, is_student=is_student)
    if is_student:
        about_oneself(about, actor)


def _choose(students: list[tuple[str, str]]) -> str | None:
    """The student whom it is about: the address may name one."""
    names = dict(students)
    wanted = st.query_params.get(STUDENT)
    if wanted in names and state.value("care-asked") != wanted:
        state.put("care-asked", wanted)
        state.put("care-student", wanted)
    chosen: str | None = st.selectbox(
        _("Student"),
        list(names),
        index=None,
        format_func=lambda key: names.get(key, ""),
        key="care-student",
        placeholder=_("Whom is it about?"),
    )
    return chosen


def _form(actor: Actor, student: str | None, who: Readers, *, is_student: bool) -> None:
    fields = Fields("raise")
    levels = list(URGENCY) if is_student else list(AlertLevel)
    with st.form("raise", border=False):
        with fields.of("reason"):
            reason = st.text_area(
                _("What is it about?") if is_student else _("What you noticed"),
                key="care-reason",
                height=140,
                help=_("In your own words.") if is_student else _("Facts in plain words; no diagnosis."),
            )
        with fields.of("level"):
            level = st.radio(
                _("How urgent is it?"),
                levels,
                index=0 if is_student else 1,
                format_func=lambda each: _said(each, is_student=is_student),
                key="care-level",
            )
        with fields.of("home"):
            home = st.radio(
                _("Does it have to do with home?"),
                list(HomeConcern),
                index=2,
                format_func=lambda each: each.label,
                key="care-home",
                horizontal=True,
                help=_("If it may, or if you aren't sure, no guardian is shown it, whoever they are here."),
            )
        if who.always:
            parts.quiet(_("Read by: {names}.").format(names=", ".join(who.always)))
        if not st.form_submit_button(_("Tell the school"), key="care-send", type="primary", icon=":material/send:"):
            return
    if student is None:
        parts.note(_("Please choose the student first."), "attention")
        return
    _send(actor, fields, student, (level, reason, home or HomeConcern.UNSURE))


def _said(level: AlertLevel, *, is_student: bool) -> str:
    mark = level_text(level)
    return f"{mark.split()[0]} {_(URGENCY[level])}" if is_student else joined([mark, _(MEANING[level])])


def _send(actor: Actor, fields: Fields, student: str, said: tuple[AlertLevel, str | None, HomeConcern]) -> None:
    level, reason, home = said
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            raise_alert(session, student, level=level, reason=reason or "", home=home)
        done = True
    if done:
        state.drop("care-reason", "care-level", "care-home", "care-student")
        st.query_params.pop(STUDENT, None)
        parts.toast(_("The school has been told. Below you see when someone has looked."), later=True)
        st.rerun()


def _who_reads(who: Readers, *, is_student: bool, has_student: bool) -> None:
    """Told before anything is sent: who will read it, and who won't."""
    with parts.card("readers"):
        parts.section(_("Who will read this"))
        if who.always:
            st.markdown("\n".join(f"- {plain(name)}" for name in who.always))
        elif has_student:
            parts.note(_("Nobody at the school could read this. Please speak with an adult you trust."), "attention")
        else:
            parts.quiet(_("Choose the student to see who will read it."))
        if who.unless_home:
            names = ", ".join(who.unless_home)
            parts.quiet(_("Only if it has nothing to do with home: {names}.").format(names=names))
        parts.quiet(
            _("Your guardians aren't shown it, unless a supervisor decides to tell one of them, by name and with a reason.")
            if is_student
            else _("The student's guardians aren't shown it, unless a supervisor tells one of them, by name and with a reason.")
        )
        if not is_student:
            parts.quiet(_("Whoever of these is their guardian doesn't see it either, if it may have to do with home."))
        if is_student:
            parts.quiet(_("Teachers and other students don't see it."))
            parts.quiet(
                _("In danger now? Call 190 (police) or 192 (ambulance). To talk at any hour: 188 (CVV). About violence: 100.")
            )


care()
