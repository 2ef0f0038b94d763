"""Deleted records of a table: what was deleted by mistake comes back from here, with what its delete took along."""

from collections import Counter
from collections.abc import Iterable

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide, reads_all
from domain.access.trail.emptying import PERSON
from domain.access.trail.erasing import erase_for_good, words_of
from domain.access.trail.kinds import Kind, kind_of
from domain.access.trail.models import TrailEntry
from domain.access.trail.reading import history
from domain.access.trail.undo import Step, deletion_of
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.db.base import model_of
from domain.kit.formats import show_when
from domain.kit.texts import _, ngettext
from domain.records.deleted import PAGE, Deleted, deleted
from domain.records.labels import labels
from domain.records.undo import bring_back, parted
from pages._crud import address, undo
from pages._crud.address import Address
from pages._crud.resolve import TableView
from pages._shell import cache, lines, parts
from pages._shell.cells import plain
from pages._shell.guard import current_actor

MODE = "deleted"


def opens_for(view: TableView, actor: Actor) -> bool:
    """Whether the actor sees a table's deleted records: they read all of it and its trail, and may create; no question asked."""
    may = view.can_create and reads_all(actor, view.table) and kind_of(view.table) is Kind.WHOLE
    return may and bool(decide(actor, "R", TrailEntry))


def way_in(view: TableView, actor: Actor) -> None:
    """The way from the list to its deleted records."""
    if opens_for(view, actor):
        st.button(
            _("Deleted records"),
            key=f"deleted-{view.table}",
            icon=":material/restore_from_trash:",
            type="tertiary",
            on_click=address.change,
            kwargs={"mode": MODE, "record": "", "page": ""},
        )


def page(view: TableView, actor: Actor, where: Address) -> None:
    """A page of what was deleted, the latest first."""
    number = where.view.page

    def ask() -> tuple[list[Deleted], dict[str, str]]:
        with reading(actor) as session:
            found = deleted(session, view.model, page=number, size=PAGE + 1)
            people = sorted({each.user_id for each in found if each.user_id})
            return found, labels(session, model_of("users"), people)

    found, people = cache.while_unchanged(actor, "deleted", (view.table, number), ask)
    st.button(
        _("Back to the list"),
        key=f"deleted-back-{view.table}",
        icon=":material/arrow_back:",
        on_click=address.change,
        kwargs={"mode": "", "page": ""},
    )
    parts.section(_("Deleted records"), _("What was deleted, the latest first. Whatever went along comes back with it."))
    if not found:
        parts.empty_state("restore_from_trash", _("Nothing was deleted here, or its time in the trail is over."))
    for each in found[:PAGE]:
        _one(view, actor, each, people)
    with st.container(horizontal=True):
        if number > 1:
            earlier = "" if number == 2 else str(number - 1)
            st.button(_("Newer"), key=f"deleted-newer-{view.table}", on_click=address.change, kwargs={"page": earlier})
        if len(found) > PAGE:
            older = {"page": str(number + 1)}
            st.button(_("Older"), key=f"deleted-older-{view.table}", on_click=address.change, kwargs=older)


def _one(view: TableView, actor: Actor, each: Deleted, people: dict[str, str]) -> None:
    role = each.role.label if each.role else ""
    person = people.get(each.user_id or "") or _("someone who isn't here any more")
    who = _("the program ({job})").format(job=each.job) if each.job else lines.joined([person, role])
    said = _("Deleted {when} by {who}").format(when=show_when(each.at, actor.zone), who=who)
    with st.container(key=f"gone-{each.key}", border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            lines.words(each.label, said)
        label = plain(_("Bring back “{name}”").format(name=each.label))
        if st.button(label, key=f"bring-back-{each.key}", icon=":material/restore_from_trash:"):
            _ask(view, actor, each)
        if view.table == PERSON and decide(actor, "E", PERSON):
            label = plain(_("Erase “{name}” for good").format(name=each.label))
            if st.button(label, key=f"erase-{each.key}", icon=":material/delete_forever:", type="tertiary"):
                _ask_to_erase(view, actor, each)


def _ask(view: TableView, actor: Actor, each: Deleted) -> None:
    """What would come back, and the question whether it should."""
    with reading(actor) as session:
        deletion = deletion_of(session, view.model, each.key)
        known = history(session, view.model, each.key, limit=1)
    gone, emptied = parted(deletion)
    also = [
        *_counted(_("{table}: {count} come back with it"), _read(actor, gone[1:])),
        *_counted(_("{table}: {count} point to it again, where they are still empty"), _read(actor, emptied)),
        *(
            plain(
                _("{table}: {count} don't come back, since what they said was never kept").format(
                    table=_title(table), count=count
                )
            )
            for table, count in deletion.lost.items()
            if not decide(actor, "A", table)  # who counts nothing but groups isn't told of one person
        ),
    ]
    if view.table == "users":
        also.append(plain(_("Their password doesn't come back: hand them a link for a new one.")))
    fields = ", ".join(each.label for past in known for each in past.differences)

    def details() -> None:
        if also:
            st.markdown("\n".join(f"- {line}" for line in also))
        parts.quiet(_("Kept of the record: {fields}").format(fields=fields))

    parts.confirm(
        _("Bring back: {one}").format(one=view.one),
        _("“{name}” is created again as it was when it was deleted.").format(name=each.label),
        action=_("Bring back"),
        on_confirm=_bring_back,
        args=(view, each),
        danger=False,
        details=details,
        key=f"restore-{view.table}",
    )


def _ask_to_erase(view: TableView, actor: Actor, each: Deleted) -> None:
    """What would be erased for good, and the question whether it should."""
    with reading(actor) as session:
        going = words_of(session, each.key)
    told = {table: count for table, count in going.items() if decide(actor, "R", table)}

    def details() -> None:
        st.markdown("\n".join(f"- {plain(f'{_title(table)}: {count}')}" for table, count in told.items()))
        parts.quiet(_("Who did what and when stays in the trail, without the words, and says that you erased them."))

    parts.confirm(
        _("Erase for good"),
        _(
            "All that the trail holds of “{name}” and of what went with them is erased. It can't be undone or brought back."
        ).format(name=each.label),
        action=_("Erase for good"),
        on_confirm=_erase,
        args=(each,),
        details=details,
        key=f"erase-{view.table}",
    )


def _erase(each: Deleted) -> None:
    with unit_of_work(current_actor()) as session:
        count = erase_for_good(session, each.key)
    undo.forget()
    cache.forget("deleted")
    parts.toast(
        ngettext("Erased for good: the words of {count} record.", "Erased for good: the words of {count} records.", count),
        icon="delete_forever",
        later=True,
    )


def _read(actor: Actor, steps: Iterable[Step]) -> list[Step]:
    """Those of tables that the actor reads: of others nothing is told, not even how many."""
    return [each for each in steps if decide(actor, "R", each.model)]


def _counted(line: str, steps: Iterable[Step]) -> list[str]:
    found = Counter(each.model.__tablename__ for each in steps)
    return [plain(line.format(table=_title(table), count=count)) for table, count in found.items()]


def _title(table: str) -> str:
    return _(model_of(table).__title__)


def _bring_back(view: TableView, each: Deleted) -> None:
    actor = current_actor()
    with unit_of_work(actor) as session:
        found = bring_back(session, view.model, each.key)
    said = _("“{name}” is back.").format(name=each.label)
    if found.records > 1:
        said += " " + ngettext("{count} record in all.", "{count} records in all.", found.records)
    undo.done(actor, written(session), said, made=each.key)
    address.change(mode="", page="", record=each.key)
