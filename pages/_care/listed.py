"""The school's list for alerts: who supervises, put there by somebody else."""

from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import unit_of_work
from domain.kit.formats import show_date
from domain.kit.texts import _
from domain.supervision.supervisors import SupervisorLine, add_supervisor, remove_supervisor
from pages._crud import undo
from pages._shell import errors, parts, state
from pages._shell.guard import current_actor
from pages._shell.lines import joined, words


def the_list(actor: Actor, lines: list[SupervisorLine], people: list[tuple[str, str]]) -> None:
    """Who is on it, and for those who may: adding (one of `people`) and taking off."""
    title = _("The school's list for alerts ({count})").format(count=len(lines))
    with st.expander(title, icon=":material/shield_person:"):
        parts.quiet(
            _("Supervisors decide which guardian learns of an alert. Nobody puts themself on this list, or takes themself off.")
        )
        if not lines:
            parts.note(_("Nobody is on the list: no alert can be released to a guardian."), "attention")
        with st.container(key="supervisors", gap="xsmall"):
            for each in lines:
                _line(each, actor)
        _adding(actor, dict(people))


def _line(each: SupervisorLine, actor: Actor) -> None:
    since = _("since {date}").format(date=show_date(each.since.astimezone(actor.zone).date()))
    by = _("put there by {name}").format(name=each.by) if each.by else _("from the beginning")
    is_me = each.user_id == actor.user_id
    with st.container(key=f"supervisor-{each.user_id}", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            words(each.name, joined([since, by]), marks=[(_("you"), "info")] if is_me else [])
        if actor.role is not Role.SCHOOL or is_me:
            return
        if st.button(_("Take off"), key=f"unlist-{each.user_id}", type="tertiary"):
            parts.confirm(
                _("Take {name} off the list?").format(name=each.name),
                _("They no longer decide which guardian learns of an alert. An owner no longer sees alerts at all."),
                action=_("Take off"),
                on_confirm=_remove,
                args=(each.user_id, each.name),
                key="unlist",
            )


def _remove(user_id: str, name: str) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        remove_supervisor(session, user_id)
    undo.done(actor, written(session), _("{name} is off the list for alerts.").format(name=name))


def _adding(actor: Actor, names: dict[str, str]) -> None:
    if not names:
        parts.quiet(_("Everyone whom you could put on the list is on it."))
        return
    chosen = st.selectbox(
        _("Put someone on the list"),
        list(names),
        index=None,
        format_func=lambda key: names.get(key, ""),
        key="list-person",
        placeholder=_("Coordination, or an owner") if actor.role is Role.SCHOOL else _("Coordination"),
    )
    st.button(
        _("Put on the list"),
        key="list-add",
        on_click=errors.telling(partial(_add, chosen, names.get(chosen or "", ""))),
        disabled=chosen is None,
    )


def _add(user_id: str | None, name: str) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        add_supervisor(session, user_id or "")
    undo.done(actor, written(session), _("{name} is on the list for alerts.").format(name=name))
    state.drop("list-person")
