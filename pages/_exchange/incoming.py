"""A file on its way in: template, upload, what it would do, and the one button that does it. Until then nothing is kept."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from domain.access.actor import Actor
from domain.access.security_log import Event, record
from domain.exchange.imports import importing as imports
from domain.exchange.imports.draft import Options
from domain.exchange.imports.importing import NotWhole, Outcome
from domain.exchange.imports.plan import Counts
from domain.exchange.imports.troubles import FileTrouble
from domain.kit.errors import DomainError
from domain.kit.formats import show_number
from domain.kit.texts import _, language, ngettext
from pages._crud import undo
from pages._crud.resolve import TableView
from pages._exchange import found
from pages._shell import cache, errors, parts, state
from pages._shell.catalog import table_link
from pages._shell.cells import plain
from pages._shell.guard import current_actor
from pages._shell.limits import largest_upload
from pages._shell.navigate import page_link

SEEN, DONE, UPLOADS = "exchange-seen", "exchange-done", "exchange-uploads"


@dataclass(frozen=True)
class Seen:
    """What a file was found to do, for whom and how it was read."""

    about: tuple[Any, ...]
    outcome: Outcome | None
    refused: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""


def forget() -> None:
    """Let go of the file, and of what was found in it."""
    state.drop(SEEN, DONE)
    state.put(UPLOADS, state.value(UPLOADS, 0) + 1)


def _look_again() -> None:
    """What was imported was undone: it is told no more, and a file that was brought meanwhile is looked at anew."""
    state.drop(SEEN, DONE)


def section(actor: Actor, view: TableView) -> None:
    """The steps of an import, the later ones once there is a file."""
    with parts.card("import"):
        sentence = _("Fill in the template, or bring a list with these headings. You see what it would do before it does it.")
        parts.section(_("Import: {table}").format(table=view.title), sentence)
        with st.container(horizontal=True, key="exchange-template"):
            for kind, name in (("xlsx", _("Template for Excel")), ("csv", _("Template as CSV"))):
                parts.file_link(name, f"/template/{view.table}.{kind}")
        _result(view)
        given = st.file_uploader(
            _("Your file"),
            ["csv", "txt", "tsv", "xlsx"],
            key=f"exchange-file-{view.table}-{state.value(UPLOADS, 0)}",
            help=_("CSV or Excel (.xlsx), at most {limit} MB.").format(limit=largest_upload() // 1024**2),
        )
        if given is None:
            state.drop(SEEN)
            return
        options, place = _options(given)
        seen = _looked_at(actor, view, given, options)
        _choose_sheet(place, given, seen)
        if seen.refused:
            st.error(plain(seen.refused))
        elif seen.outcome:
            _show(actor, view, given, options, seen)


def _options(given: Any) -> tuple[Options, Any]:
    """What was chosen, and the place for the choice of a sheet, which is known once the file was looked at."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="exchange-options"):
        place = st.empty()
        ignore = st.checkbox(_("Leave out columns that aren't known"), key="exchange-ignore")
        clear = st.checkbox(
            _("Empty cells empty what stands there"), key="exchange-clear", help=_("Otherwise an empty cell leaves it as it is.")
        )
    return Options(ignore_unknown=ignore, clear=clear, sheet=state.value(_sheet_key(given), "")), place


def _choose_sheet(place: Any, given: Any, seen: Seen) -> None:
    """Which sheet of a workbook is read, where it has several: unless one is chosen, the one whose headings are known best."""
    if len(seen.sheets) > 1:
        key = f"{_sheet_key(given)}-choice"
        at = seen.sheets.index(seen.sheet) if seen.sheet in seen.sheets else 0

        def choose() -> None:
            state.put(_sheet_key(given), state.value(key))

        place.selectbox(_("Sheet"), seen.sheets, index=at, key=key, on_change=choose, width=280)


def _sheet_key(given: Any) -> str:
    return f"exchange-sheet-{given.file_id}"


def _looked_at(actor: Actor, view: TableView, given: Any, options: Options) -> Seen:
    """What the file would do; looked at once for as long as neither file nor options nor who looks change."""
    about = (actor.scope, view.table, given.file_id, options, language())
    kept: Seen | None = state.value(SEEN)
    if kept is None or kept.about != about:
        with parts.progress(_("Reading the file …")) as tell:
            try:
                outcome = imports.preview(actor, view.model, given.getvalue(), options, progress=tell)
                kept = Seen(about, outcome, "", outcome.sheets, outcome.sheet)
            except FileTrouble as error:
                record(Event.UPLOAD_REFUSED, actor, table=view.table, reason=f"import: {type(error).__name__}")
                kept = Seen(about, None, error.message, error.sheets, options.sheet)
        state.put(SEEN, kept)
    return kept


def _show(actor: Actor, view: TableView, given: Any, options: Options, seen: Seen) -> None:
    assert seen.outcome is not None
    outcome = seen.outcome
    if not outcome.is_blocked:
        _figures(outcome.counts)
    for each in outcome.notes:
        parts.quiet(each.message)
    if not outcome.is_whole:
        parts.note(_("Nothing can be imported yet. Correct the file where it is marked, and bring it again."), "attention")
    if outcome.troubles:
        found.troubles(actor, view, outcome, given.file_id)
    if outcome.lines:
        found.changes(outcome)
    if outcome.is_whole and not outcome.does_something:
        parts.note(_("There is nothing to do: all rows are in the school as they stand in the file."), "good")
    elif outcome.is_whole and st.button(_sentence(outcome), key="exchange-import", type="primary", icon=":material/upload:"):
        _import(view, given, options)


def _figures(counts: Counts) -> None:
    wrong = parts.Metric(_("Wrong"), show_number(counts.wrong), kind="danger" if counts.wrong else "neutral")
    others = ((_("Added"), counts.added), (_("With changes"), counts.changed), (_("As they are"), counts.same))
    parts.metric_row([*(parts.Metric(name, show_number(count)) for name, count in others), wrong], key="exchange-counts")


def _sentence(outcome: Outcome) -> str:
    count = outcome.counts.added + outcome.counts.changed
    return ngettext("Import {count} record", "Import {count} records", count)


def _import(view: TableView, given: Any, options: Options) -> None:
    """Do it, as who is here now; what came between is told, and nothing is kept."""
    actor = current_actor()
    with parts.progress(_("Writing …")) as tell:
        try:
            _tell_done(actor, view, imports.run(actor, view.model, given.getvalue(), options, progress=tell))
        except NotWhole as error:
            kept: Seen = state.value(SEEN)
            state.put(SEEN, replace(kept, outcome=error.outcome))
        except DomainError as error:
            errors.show(error)
            return
    st.rerun()


def _tell_done(actor: Actor, view: TableView, outcome: Outcome) -> None:
    """Say what was imported, and that it can be undone; before the bar goes, at which a click meanwhile would end this run."""
    forget()
    cache.forget("list")
    said = _("Imported: {added} added, {changed} changed.").format(
        added=show_number(outcome.counts.added), changed=show_number(outcome.counts.changed)
    )
    undo.done(actor, outcome.written, said, then=_look_again)
    state.put(DONE, (view.table, said, bool(outcome.written and outcome.written.can_be_undone)))


def _result(view: TableView) -> None:
    """What was imported last, and the way to it."""
    done: tuple[str, str, bool] | None = state.value(DONE)
    if done is None or done[0] != view.table:
        return
    beyond = "" if done[2] else _("So much at once can't be undone; the history of each record tells it.")
    parts.note(f"{done[1]} {beyond}".strip(), "good")
    page_link(table_link(view.table), label=_("See the list"), icon="table_rows")
