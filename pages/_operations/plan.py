"""A plan in words: what is added, changed and dropped class by class, what is skipped and why, what stays as it is."""

from collections import Counter

import streamlit as st

from domain.kit.formats import show_day, show_number, show_time
from domain.kit.texts import _, ngettext
from domain.operations.generating import Made
from domain.operations.planning import Preview
from pages._shell import parts
from pages._shell.catalog import record_link
from pages._shell.findings import findings_list
from pages._shell.lines import joined, line, words

MOST = 12


def show_plan(preview: Preview) -> None:
    """All of it, the longest lists cut short."""
    if preview.without_week:
        names = ", ".join(preview.without_week[:MOST])
        parts.note(_("These classes meet on no weekday, so nothing is made for them: {names}.").format(names=names), "attention")
    if preview.booked:
        parts.section(_("Come to try it"), _("Their sessions go or move: please agree with them on what comes of it."))
        findings_list([each.finding for each in preview.booked], key="plan-booked")
    _classes(preview)
    _skipped(preview)
    if preview.plan.kept:
        parts.section(_("Stay as they are"), _("Held, with attendance, or changed by hand: no change of the week touches them."))
        _made(preview, preview.plan.kept)


def _classes(preview: Preview) -> None:
    """How many sessions each class gets, keeps elsewhere, or loses."""
    plan = preview.plan
    add = Counter(each.weekly.class_id for each in plan.add)
    change = Counter(one.class_id for one, _to in plan.change)
    drop = Counter(each.class_id for each in plan.drop)
    touched = [key for key in preview.names if add[key] or change[key] or drop[key]]
    if not touched:
        return
    parts.section(_("Class by class"))
    with st.container(key="plan-classes", gap="xsmall"):
        for key in touched:
            said = [
                ngettext("{count} new session", "{count} new sessions", add[key]) if add[key] else "",
                ngettext("{count} at another time", "{count} at another time", change[key]) if change[key] else "",
                ngettext("{count} less", "{count} less", drop[key]) if drop[key] else "",
            ]
            words(preview.names[key], joined([*said, _span(preview, key)]))


def _span(preview: Preview, key: str) -> str:
    days = [each.day for each in preview.plan.add if each.weekly.class_id == key]
    days += [goal.day for each, goal in preview.plan.change if each.class_id == key]
    if not days:
        return ""
    return _("{first} to {last}").format(first=show_day(min(days)), last=show_day(max(days)))


def _skipped(preview: Preview) -> None:
    """The closed days that the week falls on, each once, with how many sessions are skipped for it."""
    if not preview.plan.skipped:
        return
    parts.section(_("Skipped, for the school is closed"))
    days = {each.slot.day: each.closed for each in preview.plan.skipped}
    counts = Counter(each.slot.day for each in preview.plan.skipped)
    with st.container(key="plan-skipped", gap="xsmall"):
        for day, closed in sorted(days.items()):
            said = ngettext("{count} session", "{count} sessions", counts[day])
            words(show_day(day), joined([closed.name or _(closed.why.value), said]))


def _made(preview: Preview, some: tuple[Made, ...]) -> None:
    with st.container(key=f"plan-made-{some[0].key}", gap="xsmall"):
        for each in some[:MOST]:
            when = f"{show_day(each.day)} {show_time(each.start)}–{show_time(each.end)}"
            line(when, preview.names.get(each.class_id, ""), key=f"plan-{each.key}", to=record_link("sessions", each.key))
    if len(some) > MOST:
        parts.quiet(_("And {count} more.").format(count=show_number(len(some) - MOST)))
