"""Many rows at once: one value for a field of all of them, or their deletion, in one transaction."""

from collections.abc import Sequence

import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.kit.errors import Problem
from domain.kit.texts import _, ngettext
from domain.records import write
from domain.records.dependents import dependents
from pages._crud import removal, undo, values, widgets
from pages._crud.resolve import TableView
from pages._shell import parts, state
from pages._shell.errors import Fields, telling
from pages._shell.guard import current_actor


def bar(view: TableView, actor: Actor, keys: Sequence[str]) -> None:
    """What can be done with the marked rows."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"bulk-{view.table}"):
        st.markdown(ngettext("{count} record is marked.", "{count} records are marked.", len(keys)))
        if view.can_edit and st.button(_("Change together"), key=f"bulk-edit-{view.table}", icon=":material/edit:"):
            state.put(f"bulk-open-{view.table}", True)
        if view.can_delete and st.button(_("Delete"), key=f"bulk-delete-{view.table}", icon=":material/delete:"):
            ask_delete(view, actor, keys)
    if state.value(f"bulk-open-{view.table}"):
        _panel(view, actor, keys)


def _panel(view: TableView, actor: Actor, keys: Sequence[str]) -> None:
    by_name = {field.name: field for field in view.edit_fields}
    with st.container(border=True, key=f"bulk-panel-{view.table}"):
        name = st.selectbox(
            _("Which field?"), list(by_name), format_func=lambda each: by_name[each].label, key=f"bulk-field-{view.table}"
        )
        field, key = by_name[name], f"bulk-value-{view.table}-{name}"
        form = Fields(f"bulk-{view.table}")
        with form.of(field.name):
            widgets.draw(field, values.seed(field, field.default, actor.zone), key, actor)
        problems: list[Problem] = state.value(f"bulk-problems-{view.table}", [])
        form.mark(problems)
        parts.quiet(
            ngettext("This sets the same value on {count} record.", "This sets the same value on {count} records.", len(keys))
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(_("Cancel"), key=f"bulk-cancel-{view.table}", on_click=_close, args=(view,))
            st.button(
                _("Save on all of them"),
                key=f"bulk-save-{view.table}",
                type="primary",
                on_click=telling(_save),
                args=(view, name, key, tuple(keys)),
            )


def _close(view: TableView) -> None:
    state.drop(f"bulk-open-{view.table}", f"bulk-problems-{view.table}")


def _save(view: TableView, name: str, key: str, keys: Sequence[str]) -> None:
    from domain.kit.errors import InvalidInput

    actor = current_actor()
    field = next(each for each in view.edit_fields if each.name == name)
    try:
        value = values.read(field, state.value(key), actor.zone)
        with unit_of_work(actor) as session:
            write.update_many(session, view.model, keys, {name: value})
    except values.Unreadable as error:
        state.put(f"bulk-problems-{view.table}", [Problem(name, error.source, error.params)])
    except InvalidInput as error:
        state.put(f"bulk-problems-{view.table}", [Problem(name, each.source, each.params) for each in error.problems])
    else:
        said = ngettext("{count} record was saved.", "{count} records were saved.", len(keys))
        undo.done(actor, written(session), said)
        _close(view)


def ask_delete(view: TableView, actor: Actor, keys: Sequence[str]) -> None:
    """Ask before rows are deleted, naming what depends on them."""
    with reading(actor) as session:
        found = dependents(session, view.model, keys)
    removal.ask(view, keys, found)
