"""Classes as one person finds them: those with a seat to be chosen, the others with what stands in the way."""

from collections.abc import Callable, Sequence

import streamlit as st

from domain.kit.findings import Finding
from domain.kit.formats import show_day, show_time, show_weekday
from domain.kit.texts import _, ngettext
from domain.operations.class_queries import WeeklyMeeting
from domain.operations.enrolment_queries import ClassChoice
from pages._shell import parts
from pages._shell.cells import plain
from pages._shell.lines import joined, words

Chosen = Callable[[str], Callable[[], None]]  # gives what a click on a class of this key does


def class_list(choices: Sequence[ClassChoice], *, choose: Chosen, join: Chosen | None = None, key: str) -> None:
    """One card for each class. `join`: what a click does where a seat is all that lacks."""
    with st.container(key=f"choices-{key}", gap="small"):
        for each in choices:
            with parts.card(f"choice-{each.card.id}"):
                _card(each, choose, join)


def _card(each: ClassChoice, choose: Chosen, join: Chosen | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"choice-head-{each.card.id}"):
        with st.container(width="stretch", gap=None):
            words(each.card.name, joined([each.card.teacher, each.card.room, each.card.term]), marks=[seat_mark(each)])
            parts.quiet(joined([week_text(each.week), first_text(each)]))
        if not each.against:
            st.button(_("Choose"), key=f"choose-{each.card.id}", type="primary", on_click=choose(each.card.id))
        elif each.can_wait and join is not None:
            st.button(
                _("Join the waiting list"),
                key=f"join-{each.card.id}",
                icon=":material/hourglass_top:",
                on_click=join(each.card.id),
            )
    reasons(each.against)


def reasons(findings: Sequence[Finding]) -> None:
    """What stands in the way, one line each."""
    for each in findings:
        st.markdown(f":material/block: {plain(each.message)}")


def seat_mark(each: ClassChoice) -> tuple[str, str]:
    """How many seats are free, as a mark."""
    if each.free:
        return ngettext("{count} free seat", "{count} free seats", each.free), "good"
    waiting = ngettext("{count} waits", "{count} wait", each.waiting) if each.waiting else ""
    return joined([_("full"), waiting]), "attention"


def week_text(week: Sequence[WeeklyMeeting]) -> str:
    """When a class meets: `Monday 08:00–09:30, Wednesday 08:00–09:30`."""
    said = [
        f"{show_weekday(each.weekday, alone=not at)} {show_time(each.start)}–{show_time(each.end)}"
        for at, each in enumerate(week)
    ]
    return ", ".join(said) or _("no weekly meeting yet")


def first_text(each: ClassChoice) -> str:
    """The next session, if one is planned."""
    if each.card.next_session is None:
        return ""
    day, start = each.card.next_session
    return _("Next: {day} {time}").format(day=show_day(day), time=show_time(start))
