"""Open alerts, the most urgent first, and what is done about them: facts, steps, and how it ended."""

from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading
from domain.db.base import model_of
from domain.db.gather import gather
from domain.kit.clock import now
from domain.kit.errors import NotFound
from domain.kit.formats import show_instant, show_when
from domain.kit.texts import _, ngettext
from domain.records.missing import noting_missing
from domain.supervision.enums import AlertLevel
from domain.supervision.queries import AlertLine, AlertStory, alert, contested_alerts, open_alerts
from domain.supervision.releasing import guardians as guardians_known
from domain.supervision.rules import age
from domain.supervision.service import ANSWERED, RESOLVED
from domain.supervision.supervisors import people_to_list, supervisors
from pages._care.listed import the_list
from pages._care.release import TYPED as RELEASE_TYPED
from pages._care.release import guardians_of
from pages._care.steps import TYPED, forms
from pages._crud import undo
from pages._shell import parts, state
from pages._shell.catalog import Link, record_link, table_link
from pages._shell.cells import level_text
from pages._shell.guard import open_page
from pages._shell.lines import facts, joined, line
from pages._shell.navigate import page_link, switch_to
from pages._shell.palette import LEVELS

LEVEL, RECORD = "level", "record"
OWN_WORDS = (RESOLVED, ANSWERED)  # steps that the app names; all others are in people's words
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def supervision() -> None:
    """The list of open alerts, with one of them beside it."""
    actor = open_page("supervision")
    sentence = _("What someone noticed about a student. Say that you have seen it, say what you did, then how it ended.")
    if parts.page_header(
        _("Supervision"), sentence, action=_("Tell of something"), key="raise-alert", icon=":material/volunteer_activism:"
    ):
        switch_to(Link("care"))
    undo.bar(actor)
    moment = now()
    with st.spinner(_("Looking up the alerts …")), reading(actor) as session:
        alerts, contested, listed, people = gather(
            session,
            lambda: open_alerts(session, moment),
            lambda: contested_alerts(session, moment),
            lambda: supervisors(session),
            lambda: people_to_list(session),
        )
    is_listed = any(each.user_id == actor.user_id for each in listed)
    if actor.role is Role.OWNER and not is_listed:
        parts.note(_("You aren't on the school's list for alerts, so no alert is shown to you. Coordination can put you there."))
        the_list(actor, listed, people)
        return
    opened = st.query_params.get(RECORD)
    if opened:
        left, right = st.columns([3, 2], gap="medium")
        with left, st.container(key="list-beside"):
            _list(alerts, actor, moment, opened)
            _contested(contested, actor, moment, opened)
        with right, st.container(key="record-drawer", border=True):
            _open(actor, opened, moment, is_listed=is_listed)
    else:
        _list(alerts, actor, moment, "")
        _contested(contested, actor, moment, "")
    the_list(actor, listed, people)
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


def _contested(alerts: list[AlertLine], actor: Actor, moment: datetime, opened: str) -> None:
    """What was settled, and the student has since said something against."""
    if not alerts:
        return
    parts.section(_("Settled, and the student says something against it"))
    with st.container(key="contested", gap="small"):
        for each in alerts:
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
    detail = joined([_ago(age(each.detected_at, moment)), each.raised_by or each.detected_by.label, _standing(each, actor)])
    marks = [(level_text(each.level), LEVELS[each.level].kind)]
    if each.late:
        marks.append((_("late"), "danger"))
    if each.is_withheld:
        marks.append((_("withheld from guardians"), "attention"))
    if each.contested:
        marks.append((_("contested"), "info"))
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


def _open(actor: Actor, key: str, moment: datetime, *, is_listed: bool) -> None:
    try:
        with reading(actor) as session, noting_missing(session, model_of("safety_alerts"), key):
            story, guardians = gather(session, lambda: alert(session, key, moment), lambda: guardians_known(session, key))
    except NotFound as error:
        parts.note(error.message, "attention")
        _close()
        return
    found = story.line
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        parts.alert_level_badge(found.level)
        _close()
    standing = _standing(found, actor)
    parts.section(found.student, standing[:1].upper() + standing[1:])
    st.text(found.reason)
    _facts(found, actor)
    parts.section(_("What was done"))
    parts.chronology(_story(story), actor.zone)
    forms(actor, found, lambda said, key: _again(said, key, found.student))
    guardians_of(actor, found, guardians, is_listed=is_listed)
    with st.container(horizontal=True):
        page_link(record_link("users", found.student_id), label=_("The student"), icon="person")
        page_link(Link("wellbeing", {"student": found.student_id}), label=_("Wellbeing"), icon="favorite")
        page_link(record_link("safety_alerts", found.id), label=_("The alert's record"), icon="table_rows")


def _close() -> None:
    st.button(_("Close"), key="alert-close", icon=":material/close:", type="tertiary", on_click=partial(_show, ""))


def _show(key: str) -> None:
    """Show an alert, or none: the address says which. What was typed about another one is forgotten."""
    state.drop(*TYPED, *RELEASE_TYPED)
    if key:
        st.query_params[RECORD] = key
    else:
        st.query_params.pop(RECORD, None)


def _facts(found: AlertLine, actor: Actor) -> None:
    told = [
        (_("Raised"), show_instant(found.detected_at, actor.zone)),
        (_("Raised by"), joined([found.raised_by, found.detected_by.label])),
    ]
    if found.home:
        told.append((_("May have to do with home"), found.home.label))
    if found.due:
        told.append((_("To be seen by"), show_instant(found.due, actor.zone)))
    told.append((_("Guardians told"), _("Yes") if found.notified_parents else _("No")))
    told.append((_("Authorities told"), _("Yes") if found.notified_authorities else _("No")))
    facts(told)


def _story(story: AlertStory) -> list[parts.Happening]:
    """From the moment it was raised to the last step, with what the student says to it."""
    found = story.line
    told = [
        parts.Happening(
            found.detected_at, _("Raised"), who=found.raised_by or found.detected_by.label, kind=LEVELS[found.level].kind
        )
    ]
    for each in story.steps:
        is_end = each.action == RESOLVED
        title = _(each.action) if each.action in OWN_WORDS else each.action
        told.append(parts.Happening(each.at, title, each.notes, each.who, "good" if is_end else "info"))
    said = _("The student says something against it")
    told += [parts.Happening(each.at, said, each.words, each.who, "attention") for each in story.contests]
    return sorted(told, key=lambda each: each.at)


def _again(said: str, key: str, student: str) -> None:
    """Say what was done and show the alert as it stands now."""
    parts.toast(said.format(student=student), later=True)
    _show(key)
    st.rerun()


supervision()
