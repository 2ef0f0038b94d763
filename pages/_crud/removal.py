"""Deleting: what depends on a record is named first; what stands in the way refuses the delete, what goes along is said."""

from collections.abc import Sequence

import streamlit as st

from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.values import secrets
from domain.access.trail.writing import written
from domain.access.uow import unit_of_work
from domain.db.base import model_of
from domain.kit.errors import Dependent, StillNeeded
from domain.kit.texts import _, ngettext
from domain.records import write
from pages._crud import address, deleted, undo
from pages._crud.resolve import TableView
from pages._shell import parts, state
from pages._shell.cells import plain
from pages._shell.guard import current_actor


def ask(view: TableView, keys: Sequence[str], found: Sequence[Dependent]) -> None:
    """The dialog before a delete; where something stands in the way, it says what, and offers no delete."""
    in_the_way = [each for each in found if each.rule == "RESTRICT"]
    title = _("Delete: {one}").format(one=view.one)
    if in_the_way:
        _refused(title, in_the_way)
        return
    will = ngettext("{count} record will be deleted.", "{count} records will be deleted.", len(keys))
    parts.confirm(
        title,
        f"{will} {_way_back(view, found)}",
        action=_("Delete"),
        on_confirm=remove,
        args=(view, tuple(keys)),
        details=(lambda: tell(found)) if found else None,
        key=f"delete-{view.table}",
    )


def _way_back(view: TableView, found: Sequence[Dependent]) -> str:
    """Whether a delete can be undone or brought back, in words."""
    lost = any(each.rule == "CASCADE" and kind_of(each.table) is Kind.PRESENCE for each in found)
    kept = view.can_create and kind_of(view.table) is Kind.WHOLE and not secrets(view.model)
    later = kept and deleted.opens_for(view, current_actor())
    if kept and not lost:
        sayings = [_("You can undo this within ten minutes.")]
        if later:
            sayings.append(_("Later it can be brought back from the deleted records."))
        return " ".join(sayings)
    if later:
        return _("The record itself can be brought back from the deleted records; what belongs to the student alone can't.")
    return _("This can't be undone.")


def _refused(title: str, in_the_way: Sequence[Dependent]) -> None:
    def body() -> None:
        st.markdown(plain(StillNeeded(in_the_way).message))
        tell(in_the_way)
        if st.button(_("Close"), key="delete-refused-close"):
            st.rerun()

    st.dialog(title)(body)()


def tell(found: Sequence[Dependent]) -> None:
    """What depends on the records, table by table."""
    lines = []
    for each in found:
        if not each.table:
            unseen = _("Records that you may not see still need this")
            lines.append(f"- {plain(unseen)}")
            continue
        title = _(model_of(each.table).__title__)
        line = {
            "RESTRICT": _("{table}: {count} still need this"),
            "CASCADE": _("{table}: {count} will be deleted as well"),
            "SET NULL": _("{table}: {count} will stay, without this link"),
        }[each.rule].format(table=title, count=each.count)
        examples = ", ".join(each.examples)
        lines.append(f"- {plain(line)}" + (f": {plain(examples)}" if examples else ""))
    st.markdown("\n".join(lines))


def remove(view: TableView, keys: Sequence[str]) -> None:
    """Delete, say so, and close what was open of it."""
    actor = current_actor()
    with unit_of_work(actor) as session:
        count = write.remove(session, view.model, keys)
    said = ngettext("{count} record was deleted.", "{count} records were deleted.", count)
    undo.done(actor, written(session), said)
    state.drop(f"grid-{view.table}")
    address.change(record="", mode="")
