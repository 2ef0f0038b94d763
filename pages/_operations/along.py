"""Whether who is booked on a session goes along where it goes: yes, until somebody says no."""

from collections.abc import Sequence

import streamlit as st

from domain.kit.texts import _, ngettext
from domain.operations.booked import Booking


def goes_along(bookings: Sequence[Booking], *, key: str) -> bool:
    """Asks where somebody is booked whom the actor may take along; what was said."""
    count = sum(each.may_go_along for each in bookings)
    if not count:
        return False
    return st.checkbox(
        ngettext("Take the trial class along", "Take the trial classes along", count),
        value=True,
        key=key,
        help=_(
            "It is at the session's new time then, to be confirmed anew. Otherwise it keeps its time until you agree on another."
        ),
    )
