"""What a companion keeps whole and what contradicts in its memory, in plain words; to be read, not changed."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from domain.kit.clock import now
from domain.kit.formats import show_percent, show_when
from domain.kit.texts import N_, _, ngettext
from domain.memory.enums import LedgerCategory
from domain.memory.queries import Conflict, Kept, Memory
from pages._shell import parts
from pages._shell.cells import plain

MEANINGS = {
    LedgerCategory.PROMISE: N_("What you or someone else promised."),
    LedgerCategory.SECRET: N_("What you asked to be kept between you and your companion."),
    LedgerCategory.DEBT: N_("What someone owes: you, or to you."),
    LedgerCategory.THREAT: N_("What frightened or hurt you. It is kept to protect you."),
    LedgerCategory.FACT: N_("What is so about you and your world."),
    LedgerCategory.INSTRUCTION: N_("How you want your companion to be."),
    LedgerCategory.OBSERVATION: N_("What your companion noticed in how you learn."),
}
COVERED = frozenset({LedgerCategory.SECRET, LedgerCategory.THREAT})  # someone may be looking over one's shoulder


def told(memory: Memory, zone: ZoneInfo) -> str:
    """When a memory was formed and used, how sure the companion is, and how it faded."""
    said = [_("Remembered {when}").format(when=show_when(memory.formed, zone))]
    if memory.last_used:
        said.append(_("last used {when}").format(when=show_when(memory.last_used, zone)))
    said.append(_("{share} sure").format(share=show_percent(memory.confidence)))
    shares = {"now": show_percent(memory.gravity), "first": show_percent(memory.salience)}
    said.append(_("importance now {now}, at first {first}").format(**shares))
    return " · ".join(said)


def ledger(entries: Sequence[Kept], zone: ZoneInfo) -> None:
    """The entries by category, each category with what it is; what is delicate lies under a cover."""
    parts.quiet(_("Memories fade. What stands here doesn't: your companion keeps it word for word."))
    if not entries:
        parts.empty_state("book_2", _("Nothing is kept whole yet. Promises, facts and secrets would stand here."), key="ledger")
        return
    for category in LedgerCategory:
        found = [each for each in entries if each.category is category]
        if not found:
            continue
        with parts.card(f"ledger-{category.value}"):
            st.subheader(f"{plain(category.label)} ({len(found)})", anchor=False)
            parts.quiet(_(MEANINGS[category]))
            if category in COVERED:
                said = ngettext("Show {count} entry", "Show {count} entries", len(found))
                if not st.toggle(said, key=f"ledger-open-{category.value}"):
                    continue
            for each in found:
                _entry(each, zone)


def _entry(entry: Kept, zone: ZoneInfo) -> None:
    with st.container(gap=None):
        st.markdown(plain(entry.content))
        said = [show_when(entry.said or entry.made, zone), _("Importance: {share}").format(share=show_percent(entry.importance))]
        if not entry.is_active or (entry.expires and entry.expires <= now()):
            said.append(_("not brought up any more"))
        parts.quiet(" · ".join(said))


def conflicts(found: Sequence[Conflict], zone: ZoneInfo) -> None:
    """What contradicts: the open ones first, each with its two sides, and what became of it."""
    parts.quiet(_("Two memories that can't both be true. You may decide which one holds, in their records."))
    if not found:
        parts.empty_state("balance", _("Nothing contradicts: your companion's memories of you agree."), key="conflicts")
        return
    for each in found:
        with parts.card(f"conflict-{each.id}"):
            if each.settled is None:
                parts.badge(_("open"), "attention")
            else:
                parts.badge(_("settled"), "good")
            left, right = st.columns(2)
            left.markdown(f"“{plain(each.one)}”")
            right.markdown(f"“{plain(each.other)}”")
            parts.quiet(_became(each, zone))


def _became(conflict: Conflict, zone: ZoneInfo) -> str:
    noticed = _("Noticed {when}").format(when=show_when(conflict.noticed, zone))
    if conflict.settled is None:
        return noticed
    settled = _("settled {when}").format(when=show_when(conflict.settled, zone))
    holds = _("“{memory}” holds").format(memory=conflict.holds) if conflict.holds else _("both stay")
    return f"{noticed} · {settled}: {holds}"
