"""The first run: try the demo school, or found one's own."""

import hmac
import time
from datetime import date, timedelta

import streamlit as st

from domain.access.roles import Role
from domain.founding import Founding, found, founding_code
from domain.kit.errors import InvalidInput, Problem
from domain.kit.texts import N_, _
from pages._shell import door, errors, frame, parts, place

WRONG_CODE = N_("This isn't the code in the server's output.")
PASSWORDS_DIFFER = N_("The two passwords differ.")
USUAL_TERM = timedelta(weeks=20)


def main() -> None:
    """Draw the page."""
    with st.container(key="wide-door", gap="medium"):
        frame.doorstep()
        parts.page_header(_("Welcome"), _("There is no school here yet. Look around in an invented one, or found your own."))
        fields = errors.Fields("found")
        code = _ask_code(fields)
        left, right = st.columns([2, 3], gap="medium")
        with left, parts.card("demo"):
            _demo(fields, code)
        with right, parts.card("found"):
            _found(fields, code)


def _ask_code(fields: errors.Fields) -> str | None:
    """The one-time code, asked of whoever isn't at this machine; None where none is needed."""
    if place.is_here():
        return None
    with fields.of("code"):
        return st.text_input(
            _("Code from the server's output"),
            key="found-code",
            autocomplete="one-time-code",
            help=_("You open this page from another machine. The server printed a code when it started."),
        )


def _require_code(code: str | None) -> None:
    if code is not None and not hmac.compare_digest(code.strip().upper().encode(), founding_code().encode()):
        time.sleep(1)  # guessing is slow
        raise InvalidInput([Problem("code", WRONG_CODE)])


def _demo(fields: errors.Fields, code: str | None) -> None:
    parts.section(
        _("Try the demo school"),
        _("An invented school in Brazil with students, classes, money and constellations. You can enter as anyone."),
    )
    wanted = st.button(_("Try the demo school"), key="try-demo", type="primary", icon=":material/rocket_launch:", width="stretch")
    if not wanted:
        return
    with fields.telling():
        if not place.demo_is_open():
            _require_code(code)
        from domain.demo import load

        with parts.progress(_("Inventing a school …")) as tell:
            load(progress=tell)
        parts.toast(_("The demo school is open. Choose who you want to be."), later=True)
        st.rerun()


def _found(fields: errors.Fields, code: str | None) -> None:
    parts.section(_("Found your own school"), _("You become its first administrator. Everything can be changed later."))
    with st.form("found", border=False):
        wanted, again = _ask(fields)
        sent = st.form_submit_button(_("Found the school"), key="found-submit", type="primary", width="stretch")
    if not sent:
        return
    with fields.telling():
        _require_code(code)
        if wanted.password != again:
            raise InvalidInput([Problem("password_again", PASSWORDS_DIFFER)])
        user_id = found(wanted)
        door.let_in(user_id, Role.SCHOOL)
        st.rerun()


def _ask(fields: errors.Fields) -> tuple[Founding, str]:
    with fields.of("school"):
        school = st.text_input(_("Name of the school"), key="found-school", autocomplete="organization")
    one, two = st.columns(2)
    with one, fields.of("first_name"):
        first_name = st.text_input(_("Your first name"), key="found-first-name", autocomplete="given-name")
    with two, fields.of("last_name"):
        last_name = st.text_input(_("Your last name"), key="found-last-name", autocomplete="family-name")
    with fields.of("email"):
        email = st.text_input(_("Your e-mail"), key="found-email", autocomplete="username")
    one, two = st.columns(2)
    with one, fields.of("password"):
        password = st.text_input(
            _("Password"),
            key="found-password",
            type="password",
            autocomplete="new-password",
            help=_("At least 12 characters. A few words in a row are easy to remember."),
        )
    with two, fields.of("password_again"):
        again = st.text_input(_("Password, once more"), key="found-password-again", type="password", autocomplete="new-password")
    with fields.of("term_name"):
        term_name = st.text_input(_("Name of the present term"), key="found-term-name", placeholder=_("First term"))
    one, two = st.columns(2)
    today = date.today()  # noqa: DTZ011 -- a suggestion; the school that would have a zone isn't founded yet
    with one, fields.of("term_start"):
        start = st.date_input(_("Term starts"), today, key="found-term-start", format="DD/MM/YYYY")
    with two, fields.of("term_end"):
        end = st.date_input(_("Term ends"), today + USUAL_TERM, key="found-term-end", format="DD/MM/YYYY")
    second_factor = st.checkbox(
        _("Ask coordination, reception and owners for a second step at sign-in"),
        value=True,
        key="found-second-factor",
        help=_("A code from their phone, so that a stolen password alone opens nothing. You set yours up when you next sign in."),
    )
    wanted = Founding(
        school=school,
        first_name=first_name,
        last_name=last_name,
        email=email,
        password=password,
        term_name=term_name,
        term_start=start,
        term_end=end,
        second_factor=second_factor,
    )
    return wanted, again


main()
