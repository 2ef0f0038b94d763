"""What a record's history says: who changed what and when, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from domain.access.actor import Actor
from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.models import TrailAction
from domain.access.trail.reading import Difference, Past, history
from domain.access.uow import ScopedSession, reading
from domain.db.base import model_of
from domain.db.gather import gather
from domain.kit.ids import is_id
from domain.kit.texts import N_, _
from domain.records.fields import Field, fields
from domain.records.labels import labels
from pages._crud.resolve import TableView
from pages._crud.show import DASH, say, short

PAGE = 10
LONGEST = 300  # characters of a value in a difference
BESIDE = {
    "reset_links": N_("A link for a new password was handed out"),
    "recovery_codes": N_("New recovery codes were made"),
    "trail_values": N_("What the history said was erased"),
}
FACTOR = {
    TrailAction.CREATE: N_("A second step at sign-in was set up"),
    TrailAction.UPDATE: N_("A new phone was set up for the second step at sign-in"),
    TrailAction.DELETE: N_("The second step at sign-in was taken away"),
}


@dataclass(frozen=True)
class Line:
    """One change in words: `told` are its fields as (name, before, after), `note` what is said instead."""

    number: int
    at: datetime
    who: str
    what: str
    kind: str
    told: tuple[tuple[str, str, str], ...] = ()
    note: str = ""
    can_come_back: bool = False


def lines_of(view: TableView, actor: Actor, key: str, before: int | None) -> list[Line]:
    """A page of the history in words, and one more where there are older ones."""
    with reading(actor) as session:
        past = history(session, view.model, key, before=before, limit=PAGE + 1)
        people = {each.user_id for each in past if each.user_id}
        names, who = gather(
            session,
            lambda: names_of(session, view, [each for one in past for each in one.differences]),
            lambda: labels(session, model_of("users"), sorted(people)),
        )
    return [_said(view, actor, each, names, who) for each in past]


def names_of(session: ScopedSession, view: TableView, differences: Iterable[Difference]) -> dict[str, str]:
    """What the records are called that the values refer to, all asked at once."""
    wanted: dict[str, set[str]] = {}
    by_column = {field.column: field for field in fields(view.model).values()}
    for each in differences:
        field = by_column.get(each.column)
        if field and field.target:
            wanted.setdefault(field.target, set()).update(key for key in (each.before, each.after) if is_id(key))
    found = gather(
        session,
        *(lambda target=target, keys=keys: labels(session, model_of(target), sorted(keys)) for target, keys in wanted.items()),
    )
    return {key: name for some in found for key, name in some.items()}


def _beside(past: Past) -> str:
    """What happened beside the record, in words."""
    source = FACTOR[past.action] if past.table == "second_factors" else BESIDE[past.table]
    return _(source)


def _said(view: TableView, actor: Actor, past: Past, names: dict[str, str], who: dict[str, str]) -> Line:
    own = past.table == view.table
    kinds = {TrailAction.CREATE: "good", TrailAction.DELETE: "danger"}
    told = tuple(_difference(view, actor, each, names) for each in past.differences)
    happened = past.action.label if own else _beside(past)
    note = ""
    if own and past.emptied:
        note = _("What was changed has been erased.")
    elif own and past.withheld and kind_of(view.table) is Kind.WHOLE:
        note = _("What was changed isn't shown to you.")
    return Line(
        number=past.number,
        at=past.at,
        who=_who(past, who),
        what=happened,
        kind=kinds.get(past.action, "info") if own else "attention",
        told=told,
        note=note,
        can_come_back=own and bool(told) and past.action is not TrailAction.DELETE,
    )


def _who(past: Past, names: dict[str, str]) -> str:
    if past.job:
        return _("the program ({job})").format(job=past.job)
    name = names.get(past.user_id or "") or _("someone who isn't here any more")
    return f"{name}, {past.role.label}" if past.role else name


def _difference(view: TableView, actor: Actor, each: Difference, names: dict[str, str]) -> tuple[str, str, str]:
    field = next((one for one in fields(view.model).values() if one.column == each.column), None)
    before, after = (in_words(field, value, actor, names) for value in (each.before, each.after))
    return each.label, before, after


def in_words(field: Field | None, value: Any, actor: Actor, names: dict[str, str]) -> str:
    """A value of a field as people say it. `names`: what those are called that references lead to."""
    if field is None:
        return DASH if value is None else short(str(value), LONGEST)
    if field.target and value is not None:
        return names.get(value, _("a record that isn't there any more") if is_id(value) else str(value))
    return short(say(field, value, actor.zone), LONGEST)


def change_html(before: str, after: str) -> str:
    """What something was and became: an arrow for the eye, words for the ear."""
    if before == DASH:
        return escape(after)
    was, became = escape(_("before:")), escape(_("after:"))
    return (
        f'<span class="c-spoken">{was} </span><del>{escape(before)}</del> <span aria-hidden="true">→</span> '
        f'<span class="c-spoken">{became} </span><ins>{escape(after)}</ins>'
    )
