"""Waiting lists by class, in order, with the offers that run and their deadlines."""

from collections.abc import Callable
from functools import partial
from itertools import groupby

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.db.gather import gather
from domain.kit.formats import show_number, show_when
from domain.kit.texts import _, ngettext
from domain.operations import enrolment, waiting
from domain.operations import enrolment_queries as queries
from domain.operations.enrolment_queries import WaitingLine
from domain.operations.enums import WaitingStatus
from domain.operations.seats import Standing, offer_hours, standings
from pages._crud import undo
from pages._enrolment.address import CLASS, going, key_in
from pages._shell import parts
from pages._shell.catalog import Link
from pages._shell.errors import telling
from pages._shell.guard import current_actor
from pages._shell.lines import joined, words
from pages._shell.navigate import page_link

Step = Callable[[ScopedSession, str], None]


def lists(actor: Actor) -> None:
    """Every list that someone is on, or that of the class in the address."""
    only = key_in(CLASS)
    with st.spinner(_("Looking up the waiting lists …")), reading(actor) as session:
        lines, hours = gather(session, lambda: queries.waiting_now(session, only), lambda: offer_hours(session))
        standing = standings(session, {each.class_id for each in lines})
        name = enrolment.class_name(session, only) if only else ""
    if only:
        parts.chips([parts.Chip(CLASS, _("Class: {klass}").format(klass=name or "—"))], lambda _key: going(**{CLASS: ""})())
    said = ngettext(
        "A seat that frees is offered to the first in line for {count} hour, and held meanwhile.",
        "A seat that frees is offered to the first in line for {count} hours, and held meanwhile.",
        hours,
    )
    parts.quiet(said)
    if not lines:
        parts.empty_state("hourglass_empty", _("Nobody waits. Who finds a class full can join its list when enrolling."))
    for class_id, some in groupby(lines, key=lambda each: each.class_id):
        _of_class(actor, standing[class_id], list(some))


def _of_class(actor: Actor, standing: Standing, lines: list[WaitingLine]) -> None:
    seats, klass = standing.seats, standing.klass
    with parts.card(f"list-{klass.key}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"list-head-{klass.key}"):
            with st.container(width="stretch"):
                taken = _("{taken} of {places} places taken").format(
                    taken=show_number(seats.taken), places=show_number(seats.places)
                )
                held = ngettext("{count} seat on offer", "{count} seats on offer", seats.held) if seats.held else ""
                words(klass.label, joined([taken, held]), marks=[] if standing.is_open else [(_("not open"), "attention")])
            page_link(Link("class", {"record": klass.key}), label=_("Open the class"), icon="calendar_view_week")
        for each in lines:
            _line(actor, each)


def _line(actor: Actor, line: WaitingLine) -> None:
    offered = line.status is WaitingStatus.OFFERED
    with st.container(horizontal=True, vertical_alignment="center", key=f"waiting-{line.id}"):
        with st.container(width="stretch"):
            since = _("since {date}").format(date=show_when(line.since, actor.zone))
            ends = show_when(line.offer_ends, actor.zone) if offered and line.offer_ends else ""
            until = _("held until {when}").format(when=ends) if ends else ""
            mark = [(_("seat offered"), "star")] if offered else []
            words(f"{line.position}. {line.who}", joined([until, since, line.notes]), marks=mark)
        with st.container(horizontal=True, width="content", key=f"answers-{line.id}"):
            if offered:
                st.button(
                    _("Accept"),
                    key=f"accept-{line.id}",
                    type="primary",
                    icon=":material/check:",
                    on_click=telling(_accept),
                    args=(line,),
                )
                if st.button(_("Decline"), key=f"decline-{line.id}"):
                    _ask(line, _("Decline the seat for {who}?"), _("Decline"), waiting.decline)
            elif st.button(_("Take off"), key=f"withdraw-{line.id}", type="tertiary"):
                _ask(line, _("Take {who} off the list?"), _("Take off"), waiting.withdraw)


def _accept(line: WaitingLine) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        waiting.accept(session, line.id)
    said = _("{who} is enrolled in {klass}.").format(who=line.who, klass=line.klass)
    undo.done(actor, written(session), said, back=enrolment.take_back)


def _ask(line: WaitingLine, title: str, action: str, act: Step) -> None:
    parts.confirm(
        title.format(who=line.who),
        _("They leave the waiting list of {klass}, and those behind move up.").format(klass=line.klass),
        action=action,
        on_confirm=partial(_leave, line.id, act, line.who),
        key="waiting",
    )


def _leave(entry_id: str, act: Step, who: str) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        act(session, entry_id)
    undo.done(actor, written(session), _("{who} is off the list.").format(who=who))
