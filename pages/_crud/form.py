"""The form of a table. Nothing typed is lost: problems stand at their fields; where two people edit, both versions are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import Written, written
from domain.access.uow import reading, unit_of_work
from domain.db.types import LongText
from domain.kit.errors import DomainError, EditConflict, InvalidInput, Problem
from domain.kit.ids import is_id
from domain.kit.texts import _
from domain.records import write
from domain.records.fields import Field
from domain.records.labels import labels
from domain.records.query import Row
from pages._crud import address, json_editor, undo, values, widgets
from pages._crud.resolve import TableView
from pages._crud.show import say
from pages._shell import parts, state
from pages._shell.errors import Fields, findings_of
from pages._shell.findings import findings_list
from pages._shell.guard import current_actor

MINE, THEIRS = "mine", "theirs"
OPEN = "form.open"  # the scope of the form that was drawn last
KEPT = ("opened", "problems", "trouble", "findings", "conflict")  # what is kept under a form's scope


def _scope(view: TableView, row: Row | None) -> str:
    return f"{view.table}-{row.key if row else 'new'}"


def widget_key(view: TableView, row: Row | None, name: str) -> str:
    """The key of a field's widget: what a test looks for."""
    return f"{_scope(view, row)}-{name}"


def record_form(view: TableView, actor: Actor, row: Row | None, *, given: Mapping[str, Any] | None = None) -> None:
    """The form for a new row (`given`: what is known of it already) or for a row that exists."""
    scope = _scope(view, row)
    if state.value(OPEN) != scope:
        leave()
        state.put(OPEN, scope)
    asked = view.edit_fields if row else view.create_fields
    opened = _opened(scope, row, asked, given or {}, actor)
    conflict = state.value(f"{scope}.conflict")
    if conflict:
        _choose_version(view, actor, row, conflict)
    form = Fields(scope)
    seeds = {widget_key(view, row, field.name): (field, opened["seeds"][field.name]) for field in asked}
    offered = widgets.offers(seeds, actor)
    for field in _arranged(asked):
        with form.of(field.name):
            widgets.draw(field, opened["seeds"][field.name], widget_key(view, row, field.name), actor, offered)
            if row and field.name in row.hidden and row.values[field.name]:
                kept = _("Kept: {value}. Leave this empty to keep it.")
                parts.quiet(kept.format(value=say(field, row.values[field.name], actor.zone)))
    problems: list[Problem] = state.value(f"{scope}.problems", [])
    form.mark(problems)
    if problems or state.value(f"{scope}.trouble"):
        parts.note(state.value(f"{scope}.trouble") or InvalidInput(problems).message, "danger")
        findings_list(state.value(f"{scope}.findings", ()), key=scope)
    with st.container(horizontal=True, horizontal_alignment="right", key=f"form-actions-{scope}"):
        st.button(_("Cancel"), key=f"{scope}.cancel", on_click=_close, args=(scope, view, row))
        st.button(
            _("Save") if row else _("Create"),
            key=f"{scope}.save",
            type="primary",
            icon=":material/check:",
            on_click=_save,
            args=(view, row, asked),
        )


def leave() -> None:
    """Forget the form that was drawn last: whoever comes back to it finds the record as it is then."""
    scope = state.value(OPEN)
    state.drop(OPEN, *(f"{scope}.{each}" for each in KEPT))


def _arranged(asked: Sequence[Field]) -> list[Field]:
    """Short fields first, long texts after them, each in its order."""
    return sorted(asked, key=lambda field: isinstance(field.type, LongText))


def _opened(scope: str, row: Row | None, asked: Sequence[Field], given: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """What the form was opened with: version, values and seeds, kept until it is saved or left."""
    kept: dict[str, Any] | None = state.value(f"{scope}.opened")
    if kept is not None and kept["seeds"].keys() >= {field.name for field in asked}:
        return kept
    start: dict[str, Any] = dict(row.values) if row else {field.name: field.default for field in asked} | dict(given)
    unmasked = {name: None if row and name in row.hidden else value for name, value in start.items()}
    seeds = {field.name: values.seed(field, unmasked.get(field.name), actor.zone) for field in asked}
    opened = {"version": row.version if row else 0, "values": unmasked, "seeds": seeds}
    state.put(f"{scope}.opened", opened)
    return opened


def _typed(view: TableView, row: Row | None, asked: Sequence[Field], actor: Actor) -> tuple[dict[str, Any], list[Problem]]:
    """What was typed, by field: everything for a new row, what differs from the start for one that exists."""
    opened = state.value(f"{_scope(view, row)}.opened") or {"seeds": {}}
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in asked:
        seed = opened["seeds"].get(field.name)
        raw = state.value(widget_key(view, row, field.name), seed)
        if row and raw in (seed, values.held(field, seed)):
            continue
        try:
            value = values.read(field, raw, actor.zone)
        except values.Unreadable as error:
            problems.append(Problem(field.name, error.source, error.params))
        else:
            if row or value is not None or not field.has_default:  # what is left empty in a new row takes its default
                found[field.name] = value
    return found, problems


def _save(view: TableView, row: Row | None, asked: Sequence[Field]) -> None:
    scope = _scope(view, row)
    state.drop(f"{scope}.problems", f"{scope}.trouble", f"{scope}.findings", f"{scope}.conflict")
    try:
        actor = current_actor()
        typed, problems = _typed(view, row, asked, actor)
        if problems:
            raise InvalidInput(problems)
        key, what = _write(actor, view, row, typed)
    except InvalidInput as error:
        state.put(f"{scope}.problems", list(error.problems))
    except EditConflict as error:
        state.put(f"{scope}.conflict", {"mine": error.mine, "theirs": error.theirs, "version": error.version})
    except DomainError as error:
        state.put(f"{scope}.trouble", error.message)
        state.put(f"{scope}.findings", findings_of(error))
    else:
        name = _name(actor, view, key)
        said = _("“{name}” was saved.") if row else _("“{name}” was created.")
        undo.done(actor, what, said.format(name=name), made="" if row else key)
        _close(scope, view, row)
        address.change(record=key, mode="")


def _write(actor: Actor, view: TableView, row: Row | None, typed: Mapping[str, Any]) -> tuple[str, Written | None]:
    """The record's key, and what the trail knows of the change."""
    with unit_of_work(actor) as session:
        if row is None:
            key = write.create(session, view.model, typed).id
        else:
            key, opened = row.key, state.value(f"{_scope(view, row)}.opened")
            if typed:
                write.update(session, view.model, row.key, typed, version=opened["version"], opened=opened["values"])
    return key, written(session)


def _name(actor: Actor, view: TableView, key: str) -> str:
    with reading(actor) as session:
        return labels(session, view.model, [key]).get(key, view.one)


def _close(scope: str, view: TableView, row: Row | None) -> None:
    names = [widget_key(view, row, field.name) for field in (*view.create_fields, *view.edit_fields)]
    state.drop(*(f"{scope}.{each}" for each in KEPT), *names)
    state.drop(*(f"{name}{suffix}" for name in names for suffix in json_editor.SUFFIXES))
    address.change(mode="")


def _choose_version(view: TableView, actor: Actor, row: Row | None, conflict: dict[str, Any]) -> None:
    """Both versions beside each other, field by field, and a choice for each that differs."""
    scope = _scope(view, row)
    mine, theirs = conflict["mine"], conflict["theirs"]
    opened = state.value(f"{scope}.opened")["values"]
    by_name = {field.name: field for field in view.edit_fields}
    differing = [
        field
        for name, field in by_name.items()
        if (name in mine and mine[name] != theirs.get(name)) or (name not in mine and theirs.get(name) != opened.get(name))
    ]
    names = _reference_names(actor, differing, mine, theirs)
    with st.container(border=True, key=f"{scope}.conflict-box"):
        parts.section(
            _("Two versions of this record"),
            _("Someone else saved this record while you were editing it. Nothing is lost: choose what stays."),
        )
        for field in differing:
            told = {
                MINE: say(field, mine.get(field.name, opened.get(field.name)), actor.zone, names.get(mine.get(field.name))),
                THEIRS: say(field, theirs.get(field.name), actor.zone, names.get(theirs.get(field.name))),
            }
            sayings = {MINE: _("Yours: {value}"), THEIRS: _("Theirs: {value}")}
            st.radio(
                field.label,
                [MINE, THEIRS],
                index=0 if field.name in mine else 1,
                format_func=lambda which, told=told, sayings=sayings: sayings[which].format(value=told[which]),
                key=f"{scope}.keep-{field.name}",
            )
        st.button(
            _("Save what I chose"),
            key=f"{scope}.resolve",
            type="primary",
            on_click=_resolve,
            args=(view, row, differing),
        )


def _reference_names(actor: Actor, differing: Sequence[Field], *versions: Mapping[str, Any]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    with reading(actor) as session:
        for field in differing:
            if field.target:
                from domain.db.base import model_of

                keys = [version[field.name] for version in versions if is_id(version.get(field.name))]
                found |= labels(session, model_of(field.target), keys)
    return found


def _resolve(view: TableView, row: Row | None, differing: Sequence[Field]) -> None:
    """Save the chosen values on top of the other's version."""
    scope, actor = _scope(view, row), current_actor()
    conflict = state.value(f"{scope}.conflict")
    for field in differing:
        if state.value(f"{scope}.keep-{field.name}") == THEIRS:
            state.drop(*(f"{widget_key(view, row, field.name)}{suffix}" for suffix in json_editor.SUFFIXES))
            state.put(widget_key(view, row, field.name), values.seed(field, conflict["theirs"].get(field.name), actor.zone))
    state.put(
        f"{scope}.opened",
        {
            "version": conflict["version"],
            "values": conflict["theirs"],
            "seeds": {
                field.name: values.seed(field, conflict["theirs"].get(field.name), actor.zone) for field in view.edit_fields
            },
        },
    )
    _save(view, row, view.edit_fields)
