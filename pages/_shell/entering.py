"""From a right password, or an identity provider's word, to the school: which school, the second factor, setting one up.

One screen a step. Who is on their way is proven by a token that the domain made and this browser's session alone holds.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from domain.access import sign_in
from domain.access.sign_in import Enrolment, Need, SignInOver, Step
from domain.kit.errors import DomainError, InvalidInput
from domain.kit.texts import _, ngettext
from pages._shell import door, errors, factor_parts, focus, parts, state
from pages._shell.cells import plain

STEPS, STEP, ENROLMENT, CODES, LEFT, RECOVERING = (
    "sign-in-steps",
    "sign-in-step",
    "sign-in-enrolment",
    "sign-in-codes",
    "sign-in-left",
    "sign-in-recovering",
)


def go_on(steps: Sequence[Step]) -> None:
    """Take people who were just proven further: in, if nothing is asked of them. In a script, `st.rerun()` comes after it."""
    if len(steps) == 1:
        _take(steps[0])
    else:
        state.put(STEPS, list(steps))


def is_under_way() -> bool:
    """Whether this browser's person has given their password, and isn't in yet."""
    return bool(state.value(STEP) or state.value(STEPS))


def draw() -> None:
    """The screen of the step that comes next."""
    step: Step | None = state.value(STEP)
    if step is None:
        _choose_school(state.value(STEPS, []))
    elif state.value(CODES):
        _show_codes(step, state.value(CODES))
    elif state.value(LEFT) is not None:
        _tell_left(step, state.value(LEFT))
    elif step.need is Need.CODE:
        _ask_code(step)
    else:
        _set_up(step)


def _take(step: Step) -> None:
    if step.need is Need.NOTHING:
        _enter(step)
    else:
        state.put(STEP, step)


def _enter(step: Step) -> None:
    _forget()
    state.set_ticket(sign_in.enter(step.token))


def _forget() -> None:
    state.drop(STEPS, STEP, ENROLMENT, CODES, LEFT, RECOVERING)


def _back() -> None:
    st.button(_("Back"), key="step-back", type="tertiary", icon=":material/arrow_back:", on_click=_forget)


@contextmanager
def _telling(fields: errors.Fields) -> Iterator[None]:
    """What is wrong with the code stands at its field; what ends the way in, above the sign-in; all else in one box."""
    try:
        yield
    except InvalidInput as error:
        fields.mark(list(error.problems))
    except SignInOver as error:
        _forget()
        state.set_trouble(error.message)
        st.rerun()
    except DomainError as error:
        parts.note(error.message, "danger")


def _choose_school(steps: list[Step]) -> None:
    parts.page_header(_("Which school?"), _("Several schools know you by this sign-in."))
    for step in steps:
        st.button(
            f"**{plain(step.account.school_name)}** · {plain(step.account.role.label)}",
            key=f"school-{step.account.user_id}",
            width="stretch",
            on_click=errors.telling(_take),
            args=(step,),
        )
    _back()


def _ask_code(step: Step) -> None:
    recovering = bool(state.value(RECOVERING))
    parts.page_header(
        _("Recovery code") if recovering else _("Second step"),
        _("One of the ten codes that you kept when you set this up. Each works once.")
        if recovering
        else _("The code that your authenticator app shows for {school}.").format(school=step.account.school_name),
    )
    fields, key = errors.Fields("step"), "sign-in-recovery" if recovering else "sign-in-code"
    with st.container(key="second-step-fields", gap=None):
        with st.form("second-step", border=True):
            code = factor_parts.ask_code(fields, key, recovery=recovering)
            sent = st.form_submit_button(_("Go on"), key="second-step-submit", type="primary", width="stretch")
        focus.field(key)
    if sent:
        with _telling(fields):
            left = sign_in.give_code(step.token, code, address=door.address(), shown=state.device())
            if recovering:
                state.put(LEFT, left)
            else:
                _enter(step)
            st.rerun()
    other = _("Use the code from my app") if recovering else _("I don't have my phone: use a recovery code")
    st.button(other, key="second-step-other", type="tertiary", on_click=state.put, args=(RECOVERING, not recovering))
    if recovering:
        parts.quiet(_("Lost both? Your school's coordination can let you set up a new second step; for coordination, an owner."))
    _back()


def _tell_left(step: Step, left: int) -> None:
    parts.page_header(_("You are in"), _("That recovery code is used up."))
    said = ngettext("You have {count} recovery code left.", "You have {count} recovery codes left.", left)
    where = _("Under “My sign-ins” you set up a new phone, or make new codes.")
    parts.note(f"{said} {where}", "attention" if left < 4 else "info")
    st.button(_("Go on"), key="left-go-on", type="primary", width="stretch", on_click=errors.telling(_enter), args=(step,))


def _set_up(step: Step) -> None:
    parts.page_header(
        _("Set up a second step"),
        _("{school} asks for one at sign-in: a code from your phone, so that a stolen password alone opens nothing.").format(
            school=step.account.school_name
        ),
    )
    fields = errors.Fields("step")
    enrolment = _enrolment(step, fields)
    if enrolment is None:
        _back()
        return
    st.markdown(_("**1.** Open an authenticator app on your phone. Any will do; many phones have one built in."))
    st.markdown(_("**2.** Scan this with it."))
    factor_parts.show_enrolment(enrolment)
    st.markdown(_("**3.** Type the code that it shows."))
    with st.form("set-up", border=True):
        code = factor_parts.ask_code(fields, "set-up-code")
        sent = st.form_submit_button(_("Confirm"), key="set-up-submit", type="primary", width="stretch")
    if sent:
        with _telling(fields):
            state.put(CODES, sign_in.confirm_set_up(step.token, code, address=door.address()))
            state.drop(ENROLMENT)
            st.rerun()
    _back()


def _enrolment(step: Step, fields: errors.Fields) -> Enrolment | None:
    """What the authenticator is told, the same for as long as this step lasts."""
    if state.value(ENROLMENT) is None:
        with _telling(fields):
            state.put(ENROLMENT, sign_in.start_set_up(step.token))
    found: Enrolment | None = state.value(ENROLMENT)
    return found


def _show_codes(step: Step, codes: list[str]) -> None:
    parts.page_header(
        _("Your recovery codes"), _("Your second step is set up. These codes let you in when you don't have your phone.")
    )
    factor_parts.show_recovery_codes(codes)
    st.button(
        _("I have kept them"), key="codes-kept", type="primary", width="stretch", on_click=errors.telling(_enter), args=(step,)
    )
