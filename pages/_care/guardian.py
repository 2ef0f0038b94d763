"""What a guardian reads of a child at home: what a supervisor lets them know, and how the child's weeks have been."""

from collections.abc import Sequence

import streamlit as st

from domain.access.actor import Actor
from domain.kit.formats import show_date, show_percent
from domain.kit.texts import _
from domain.supervision.releasing import ReleasedAlert
from domain.supervision.summaries import ChildsWeeks
from pages._shell import parts
from pages._shell.cells import level_text, plain
from pages._shell.lines import joined, words
from pages._shell.palette import LEVELS


def released(alerts: Sequence[ReleasedAlert], actor: Actor) -> None:
    """What the school tells this guardian, by name; nothing where there is nothing."""
    if not alerts:
        return
    parts.section(_("The school would like to talk with you"))
    with st.container(key="released", gap="small"):
        for each in alerts:
            with parts.card(f"released-{each.id}"):
                day = show_date(each.detected_at.astimezone(actor.zone).date())
                state = _("taken care of") if each.is_settled else _("someone at the school looks after it")
                words(each.student, joined([day, state]), marks=[(level_text(each.level), LEVELS[each.level].kind)])
                st.text(each.message)


def weeks(children: Sequence[ChildsWeeks]) -> None:
    """The whole weeks of each child: never a day."""
    if not children:
        return
    sentence = _("Whole weeks, by how much and how often your child learns with the companion. Nobody reads what is said.")
    parts.section(_("How the last weeks have been"), sentence)
    for child in children:
        with st.expander(_last_week(child), icon=":material/date_range:"):
            lines = [
                {
                    _("Week from"): show_date(each.monday),
                    _("Engagement"): _("not known") if each.engagement is None else show_percent(each.engagement),
                    _("Conversations"): _("many") if each.talked_often else _("few"),
                }
                for each in reversed(child.weeks)
            ]
            st.table(lines, border="horizontal")


def _last_week(child: ChildsWeeks) -> str:
    last = child.weeks[-1]
    said = "" if last.engagement is None else _("engagement {share}").format(share=show_percent(last.engagement))
    week = _("week from {date}").format(date=show_date(last.monday))
    return plain(joined([child.name, week, said]))
