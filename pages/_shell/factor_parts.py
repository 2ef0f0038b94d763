"""What setting up and using a second factor look like, at the sign-in and under one's own sign-ins alike."""

from html import escape

import segno
import streamlit as st

from domain.access.second_factor import Enrolment
from domain.kit.texts import _
from pages._shell import parts
from pages._shell.errors import Fields


def ask_code(fields: Fields, key: str, *, recovery: bool = False) -> str:
    """The field for a code; what stands in it. `recovery`: one of the codes that stand in for the authenticator."""
    label = _("Recovery code") if recovery else _("Six-digit code")
    with fields.of("code"):
        return st.text_input(
            label,
            key=key,
            autocomplete="off" if recovery else "one-time-code",
            placeholder="XXXX-XXXX-XXXX-XXXX" if recovery else "000000",
        )


def show_enrolment(enrolment: Enrolment) -> None:
    """The QR code, and the same for typing."""
    picture = segno.make(enrolment.address, error="m").svg_data_uri(scale=4, border=4, light="#fff", dark="#000")
    said = _("QR code for your authenticator app")
    st.html(f'<img class="c-qr" src="{escape(picture)}" alt="{escape(said)}">')
    parts.quiet(_("Can't scan it? Type this key into the app:"))
    st.code(" ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4)), language=None, wrap_lines=True)


def show_recovery_codes(codes: list[str]) -> None:
    """Recovery codes, which are shown this once."""
    st.code("\n".join(codes), language=None)
    parts.quiet(_("Each works once, in place of your phone. Copy them, or print this page: they aren't shown again."))
