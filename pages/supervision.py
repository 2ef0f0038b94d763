"""Open alerts, the most urgent first, and what is done about them: facts, steps, and how it ended."""

from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.db.base import model_of
from domain.kit.clock import now
from domain.kit.errors import NotFound
from domain.kit.formats import show_instant, show_when
from domain.kit.texts import _, ngettext
from domain.records.missing import noting_missing
from domain.supervision.enums import AlertLevel
from domain.supervision.queries import AlertLine, Step, alert, open_alerts
from domain.supervision.rules import age
from domain.supervision.service import RESOLVED, acknowledge, resolve
from pages._shell import parts, state
from pages._shell.catalog import Link, record_link, table_link
from pages._shell.cells import level_text
from pages._shell.errors import Fields
from pages._shell.guard import open_page
from pages._shell.lines import facts, joined, line
from pages._shell.navigate import page_link
from pages._shell.palette import LEVELS

LEVEL, RECORD = "level", "record"
TYPED = ("acknowledge-action", "acknowledge-notes", "resolve-notes")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def supervision() -> None:
    """The list of open alerts, with one of them beside it."""
    actor = open_page("supervision")
    sentence = _("What someone noticed about a student. Say that you have seen it, say what you did, then how it ended.")
    parts.page_header(_("Supervision"), sentence)
    moment = now()
    with st.spinner(_("Looking up the alerts …")), reading(actor) as session:
        alerts = open_alerts(session, moment)
    opened = st.query_params.get(RECORD)
    if opened:
        left, right = st.columns([3, 2], gap="medium")
        with left, st.container(key="list-beside"):
            _list(alerts, actor, moment, opened)
        with right, st.container(key="record-drawer", border=True):
            _open(actor, opened, moment)
    else:
        _list(alerts, actor, moment, "")
    page_link(table_link("safety_alerts"), label=_("All alerts, resolved ones among them"), icon="history")


def _list(alerts: list[AlertLine], actor: Actor, moment: datetime, opened: str) -> None:
    if not alerts:
        parts.empty_state("shield", _("No open alerts. When someone notices something, it appears here."), key="no-alerts")
        return
    chosen = _filter(alerts)
    shown = [each for each in alerts if chosen is None or each.level is chosen]
    parts.quiet(ngettext("{count} open alert", "{count} open alerts", len(shown)))
    if not shown:
        parts.empty_state("filter_alt_off", _("No open alert of this level."), key="none-of-level")
    with st.container(key="alerts", gap="small"):
        for each in shown:
            _line(each, actor, moment, is_open=each.id == opened)


def _filter(alerts: list[AlertLine]) -> AlertLevel | None:
    """The level that is shown alone, if one is: the address says it, and is told."""
    wanted = st.query_params.get(LEVEL, "")
    chosen = AlertLevel(wanted) if wanted in set(AlertLevel) else None
    counts = {level: sum(each.level is level for each in alerts) for level in reversed(AlertLevel)}
    state.put("alert-level", chosen)

    def keep() -> None:
        picked = state.value("alert-level")
        if picked:
            st.query_params[LEVEL] = picked.value
        else:
            st.query_params.pop(LEVEL, None)

    st.pills(
        _("Level"),
        list(counts),
        format_func=lambda level: f"{level_text(level)} ({counts[level]})",
        key="alert-level",
        on_change=keep,
        label_visibility="collapsed",
    )
    return chosen


def _line(each: AlertLine, actor: Actor, moment: datetime, *, is_open: bool) -> None:
    detail = joined([_ago(age(each.detected_at, moment)), each.detected_by.label, _standing(each, actor)])
    marks = [(level_text(each.level), LEVELS[each.level].kind)]
    if each.late:
        marks.append((_("late"), "danger"))
    line(each.student, detail, key=each.id, to=partial(_show, each.id), marks=marks, is_open=is_open)


def _ago(span: timedelta) -> str:
    """How old something is, in the largest unit that says enough."""
    if span >= 2 * DAY:
        return ngettext("{count} day ago", "{count} days ago", span // DAY)
    if span >= HOUR:
        return ngettext("{count} hour ago", "{count} hours ago", span // HOUR)
    return ngettext("{count} minute ago", "{count} minutes ago", span // timedelta(minutes=1))


def _standing(each: AlertLine, actor: Actor) -> str:
    """Where an alert stands, in words."""
    if each.resolved_at:
        return _("resolved by {name}").format(name=each.resolved_by)
    if each.acknowledged_at:
        return _("seen by {name}").format(name=each.acknowledged_by)
    if each.due is None:
        return _("not seen yet")
    when = show_when(each.due, actor.zone)
    return _("not seen yet, was due {when}").format(when=when) if each.late else _("to be seen by {when}").format(when=when)


def _open(actor: Actor, key: str, moment: datetime) -> None:
    try:
        with reading(actor) as session, noting_missing(session, model_of("safety_alerts"), key):
            found, steps = alert(session, key, moment)
    except NotFound as error:
        parts.note(error.message, "attention")
        _close()
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        parts.alert_level_badge(found.level)
        _close()
    standing = _standing(found, actor)
    parts.section(found.student, standing[:1].upper() + standing[1:])
    st.text(found.reason)
    _facts(found, actor)
    parts.section(_("What was done"))
    parts.chronology(_story(found, steps), actor.zone)
    if found.resolved_at is None:
        _forms(actor, found)
    with st.container(horizontal=True):
        page_link(record_link("users", found.student_id), label=_("The student"), icon="person")
        page_link(Link("wellbeing", {"student": found.student_id}), label=_("Wellbeing"), icon="favorite")
        page_link(record_link("safety_alerts", found.id), label=_("The alert's record"), icon="table_rows")


def _close() -> None:
    st.button(_("Close"), key="alert-close", icon=":material/close:", type="tertiary", on_click=partial(_show, ""))


def _show(key: str) -> None:
    """Show an alert, or none: the address says which. What was typed about another one is forgotten."""
    state.drop(*TYPED)
    if key:
        st.query_params[RECORD] = key
    else:
        st.query_params.pop(RECORD, None)


def _facts(found: AlertLine, actor: Actor) -> None:
    told = [(_("Raised"), show_instant(found.detected_at, actor.zone)), (_("Raised by"), found.detected_by.label)]
    if found.due:
        told.append((_("To be seen by"), show_instant(found.due, actor.zone)))
    told.append((_("Guardians told"), _("Yes") if found.notified_parents else _("No")))
    told.append((_("Authorities told"), _("Yes") if found.notified_authorities else _("No")))
    facts(told)


def _story(found: AlertLine, steps: list[Step]) -> list[parts.Happening]:
    """From the moment it was raised to the last step."""
    kind = LEVELS[found.level].kind
    told = [parts.Happening(found.detected_at, _("Raised"), who=found.detected_by.label, kind=kind)]
    for each in steps:
        is_end = each.action == RESOLVED
        title = _(RESOLVED) if is_end else each.action
        told.append(parts.Happening(each.at, title, each.notes, each.who, "good" if is_end else "info"))
    return told


def _forms(actor: Actor, found: AlertLine) -> None:
    seen = found.acknowledged_at is not None
    title = _("Add a step") if seen else _("Acknowledge")
    with st.expander(title, expanded=not seen, icon=":material/visibility:" if not seen else ":material/add_task:"):
        _acknowledging(actor, found, title, seen=seen)
    if seen:
        with st.expander(_("Resolve"), expanded=True, icon=":material/task_alt:"):
            _resolving(actor, found)
    else:
        parts.quiet(_("It can be resolved once someone has acknowledged it."))


def _acknowledging(actor: Actor, found: AlertLine, title: str, *, seen: bool) -> None:
    fields = Fields(f"acknowledge-{found.id}")
    with st.form(f"acknowledge-{found.id}", border=False):
        with fields.of("action"):
            action = st.text_input(
                _("What was done"), key="acknowledge-action", placeholder=_("Such as: talked with the student"), max_chars=500
            )
        with fields.of("notes"):
            notes = st.text_area(_("Notes"), key="acknowledge-notes", help=_("Facts in plain words; no diagnosis."))
        if not st.form_submit_button(title, key="acknowledge-save", type="primary"):
            return
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            acknowledge(session, found.id, action or "", notes or "")
        done = True
    if done:
        said = _("The step was added to {student}'s alert.") if seen else _("{student}'s alert is acknowledged.")
        _again(said.format(student=found.student), found.id)


def _resolving(actor: Actor, found: AlertLine) -> None:
    fields = Fields(f"resolve-{found.id}")
    with st.form(f"resolve-{found.id}", border=False):
        with fields.of("notes"):
            notes = st.text_area(_("How it ended"), key="resolve-notes", help=_("What was found, and what was agreed."))
        if not st.form_submit_button(_("Resolve"), key="resolve-save"):
            return
    done = False
    with fields.telling():
        with unit_of_work(actor) as session:
            resolve(session, found.id, notes or "")
        done = True
    if done:
        _again(_("{student}'s alert is resolved. It stays in the records.").format(student=found.student), found.id)


def _again(said: str, key: str) -> None:
    """Say what was done and show the alert as it stands now."""
    parts.toast(said, later=True)
    _show(key)
    st.rerun()


supervision()
