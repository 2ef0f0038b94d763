"""Asking for a new password, typed twice."""

import streamlit as st

from domain.kit.errors import InvalidInput, Problem
from domain.kit.texts import N_, _
from pages._shell.errors import Fields

DIFFER = N_("The two passwords differ.")


def ask(fields: Fields, form: str) -> tuple[str, str]:
    """The two fields, under keys that begin with the form's name; what stands in them."""
    with fields.of("password"):
        password = st.text_input(
            _("New password"),
            key=f"{form}-password",
            type="password",
            autocomplete="new-password",
            help=_("At least 12 characters. A few words in a row are easy to remember."),
        )
    with fields.of("password_again"):
        again = st.text_input(_("The same once more"), key=f"{form}-password-again", type="password", autocomplete="new-password")
    return password, again


def same(password: str, again: str) -> None:
    """Raise InvalidInput at `password_again` if the two differ."""
    if password != again:
        raise InvalidInput([Problem("password_again", DIFFER)])
