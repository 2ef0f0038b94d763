"""The inbox: what the school told the person, unread first to be seen; and for coordination, whether mails went out."""

from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.uow import reading, unit_of_work
from domain.kit.formats import show_instant, show_number
from domain.kit.texts import N_, _, ngettext
from domain.outbox.enums import MailStatus
from domain.outbox.queries import Line, MailLine, count, count_mails, inbox, mails
from domain.outbox.service import mark_read
from pages._shell import errors, parts, state
from pages._shell.catalog import Link, record_link
from pages._shell.cells import when_html
from pages._shell.guard import current_actor, open_page
from pages._shell.lines import words
from pages._shell.navigate import is_openable, page_link, switch_to

ALL, UNREAD, MAILS = "all", "unread", "mails"
VIEWS = {ALL: N_("All"), UNREAD: N_("Unread"), MAILS: N_("Mails")}
PER_PAGE = 20
# Where a record has a page of its own; every other opens beside its list.
OWN_PAGES = {"classes": "class"}
KINDS = {MailStatus.QUEUED: "info", MailStatus.SENT: "good", MailStatus.FAILED: "danger"}


def page() -> None:
    """One's own notices, or the mails of the school."""
    actor = open_page("inbox")
    new = actor.unread
    action = _("Mark all as read") if new else None
    parts.page_header(
        _("Inbox"),
        _("What the school told you. Each notice leads to what it speaks of."),
        action=action,
        key="read-all",
        icon=":material/done_all:",
        on_click=errors.telling(partial(_mark, None)),
    )
    shown = _choose([view for view in VIEWS if view != MAILS or decide(actor, "R", "outgoing_mails")], new)
    if shown == MAILS:
        _mails(actor)
    else:
        _notices(actor, unread=shown == UNREAD)


def _choose(views: list[str], new: int) -> str:
    """Which are shown: the address says it, and is told."""
    wanted = st.query_params.get("show", ALL)
    shown = wanted if wanted in views else ALL
    state.put("inbox-view", shown)

    def keep() -> None:
        chosen = state.value("inbox-view") or ALL
        st.query_params.pop("show", None)
        if chosen != ALL:
            st.query_params["show"] = chosen

    def said(view: str) -> str:
        return f"{_(VIEWS[view])} ({show_number(new)})" if view == UNREAD and new else _(VIEWS[view])

    st.pills(_("Show"), views, format_func=said, key="inbox-view", on_change=keep, label_visibility="collapsed")
    return shown


def _notices(actor: Actor, *, unread: bool) -> None:
    with st.spinner(_("Opening …")), reading(actor) as session:
        total = count(session, unread=unread)
        first = (_page(total) - 1) * PER_PAGE
        lines = inbox(session, unread=unread, first=first, most=PER_PAGE)
    if not lines:
        nothing = _("You have read everything.") if unread else _("Nothing yet. What the school tells you will stand here.")
        parts.empty_state("inbox", nothing, key="no-notices")
        return
    parts.quiet(ngettext("{count} notice", "{count} notices", total))
    with st.container(key="notices", gap="xsmall"):
        for each in lines:
            _notice(actor, each)


def _page(total: int) -> int:
    pages = -(-total // PER_PAGE)
    return int(st.pagination(pages, key="inbox-page")) if pages > 1 else 1


def _notice(actor: Actor, each: Line) -> None:
    with parts.card(f"notice-{each.id}"):
        words(each.title, each.text, marks=[] if each.is_read else [(_("New"), "info")])
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html(f'<span class="c-quiet">{when_html(each.at, actor.zone)}</span>', width="content")
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                if each.about:
                    _open(each, _link(*each.about))
                label = _("Mark as unread") if each.is_read else _("Mark as read")
                done = errors.telling(partial(_mark, each.id, read=not each.is_read))
                st.button(label, key=f"read-{each.id}", type="tertiary", on_click=done)


def _open(each: Line, link: Link) -> None:
    """Leads to what a notice speaks of. Whoever follows it has read the notice."""
    if each.is_read:
        page_link(link, label=_("Open"), icon="arrow_forward")
    elif is_openable(link):
        icon = ":material/arrow_forward:"
        if st.button(_("Open"), key=f"open-{each.id}", type="tertiary", icon=icon):
            errors.telling(_mark)(each.id)
            switch_to(link)


def _link(table: str, key: str) -> Link:
    return Link(OWN_PAGES[table], {"record": key}) if table in OWN_PAGES else record_link(table, key)


def _mark(key: str | None, *, read: bool = True) -> None:
    with unit_of_work(current_actor()) as session:
        mark_read(session, None if key is None else [key], read=read)
    state.forget_actor()  # who is asked along how much there is to read


def _mails(actor: Actor) -> None:
    with st.spinner(_("Opening …")), reading(actor) as session:
        total = count_mails(session)
        lines = mails(session, first=(_page(total) - 1) * PER_PAGE, most=PER_PAGE)
    parts.quiet(_("Whether mails went out. What they say is between the school's program and their readers."))
    if not lines:
        parts.empty_state("mail", _("No mails yet. They go out once a mail server is set."), key="no-mails")
        return
    with st.container(key="mails", gap="xsmall"):
        for each in lines:
            _mail(actor, each)


def _mail(actor: Actor, each: MailLine) -> None:
    moment = show_instant(each.sent_at or each.at, actor.zone)
    said = [each.subject, moment]
    if each.attempts > 1 or each.status is MailStatus.FAILED:
        said.append(ngettext("{count} attempt", "{count} attempts", each.attempts))
    with parts.card(f"mail-{each.id}"):
        words(each.person, " · ".join(said), marks=[(each.status.label, KINDS[each.status])])


page()
