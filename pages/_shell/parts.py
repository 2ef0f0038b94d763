"""The one set of parts that pages are composed of. A page styles nothing itself.

Texts given here are already in the person's language. What a person typed (names, titles) may be given as it is: each part
escapes it, except where a docstring says Markdown.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from domain.db.meter import Meter, is_metered, metered
from domain.kit.formats import show_number
from domain.kit.texts import _, language, ngettext, one_stop
from pages._shell import errors, state
from pages._shell.catalog import Link
from pages._shell.cells import KINDS, level_html, person_html, plain, table_html, when_html
from pages._shell.navigate import page_link

Callback = Callable[..., Any]
COUNTED = "constela_counted"  # the last run's statements, waits and round trips, in development
LONG_FIGURE = 7  # characters that fit a narrow card in full size


def page_header(
    title: str,
    sentence: str = "",
    *,
    action: str | None = None,
    key: str = "page-action",
    icon: str | None = None,
    on_click: Callback | None = None,
    disabled: bool = False,
) -> bool:
    """The page's title, what one does here, and its one main action at the right. True when the action was clicked."""
    clicked = False
    with st.container(key="page-header", horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(key="page-title", gap=None, width="stretch"):
            st.title(plain(title), anchor=False)
            if sentence:
                quiet(sentence)
        if action:
            clicked = st.button(action, key=key, icon=icon, type="primary", on_click=on_click, disabled=disabled, width="content")
    errors.show_pending()
    return clicked


def section(title: str, sentence: str = "") -> None:
    """A heading inside a page, and a quiet sentence under it."""
    with st.container(gap=None):
        st.header(plain(title), anchor=False)
        if sentence:
            quiet(sentence)


def quiet(text: str) -> None:
    """A quiet line of text. Used instead of st.caption, whose contrast is too low by day."""
    st.html(f'<p class="c-quiet c-line">{escape(one_stop(text))}</p>')


def needed(label: str) -> str:
    """A field's label, with the mark that it must be filled in. No backslash before it: it would be read aloud."""
    return f"{label} *"


def card(key: str) -> Any:
    """A framed surface, to be used with `with`; `key` tells two of one page apart."""
    return st.container(key=f"card-{key}", border=True)


@dataclass(frozen=True)
class Metric:
    """A figure and the records behind it. `kind` colours a figure that asks for attention."""

    label: str
    value: str
    link: Link | None = None
    detail: str = ""
    kind: str = "neutral"


def metric(label: str, value: str, link: Link | None = None, *, detail: str = "", kind: str = "neutral") -> None:
    """One figure as a card; with a link, the whole card leads to the records behind it."""
    metric_row([Metric(label, value, link, detail, kind)])


def metric_row(metrics: Sequence[Metric], *, key: str = "metrics") -> None:
    """Figures side by side, wrapping on a narrow screen. `key` tells two rows of one page apart."""
    with st.container(key=key, horizontal=True, gap="small"):
        for at, each in enumerate(metrics):
            with st.container(key=f"metric-{key}-{at}", border=True, gap=None, height="stretch"):
                colour = f"c-{each.kind}" if each.kind in KINDS else ""
                colour += " c-figure-long" if len(each.value) > LONG_FIGURE else ""
                detail = f'<div class="c-quiet">{escape(each.detail)}</div>' if each.detail else ""
                figure = f'<div class="c-figure {colour}">{escape(each.value)}</div>'
                st.html(f'<div class="c-metric"><div class="c-quiet">{escape(each.label)}</div>{figure}{detail}</div>')
                if each.link:
                    page_link(each.link, label=_("See: {what}").format(what=plain(each.label)))


def badge(text: str, kind: str = "neutral") -> None:
    """A small mark. `kind`: neutral, info, good, attention, serious, danger or star."""
    label = f"★ {plain(text)}" if kind == "star" else plain(text)
    st.badge(label, color=KINDS.get(kind, "gray"))  # type: ignore[arg-type]


def alert_level_badge(level: str) -> None:
    """An alert level (green, yellow, orange, red): a shape and a word, never colour alone."""
    st.html(level_html(level))


def person_chip(name: str, role: str = "", role_label: str = "", picture: str | None = None) -> None:
    """A person by name and role, with their picture if they have one."""
    st.html(person_html(name, role, role_label, picture))


def file_link(label: str, address: str, *, icon: str = "download") -> None:
    """A link to a file of ours: `/calendar/mine.ics`."""
    st.link_button(label, f"{address}?lang={language()}", icon=f":material/{icon}:", type="tertiary")


def empty_state(
    icon: str, sentence: str, action: str | None = None, *, key: str = "empty-action", on_click: Callback | None = None
) -> bool:
    """What an empty place says: one sentence and one action. `icon` is a Material name such as `groups`."""
    with st.container(key=f"hollow-{key}", border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f":material/{icon}:", width="content")
        st.markdown(plain(sentence), text_alignment="center")
        return bool(action) and st.button(str(action), key=key, on_click=on_click)


def confirm(
    title: str,
    sentence: str,
    *,
    action: str,
    on_confirm: Callback,
    args: Sequence[Any] = (),
    danger: bool = True,
    details: Callable[[], None] | None = None,
    key: str = "confirm",
) -> None:
    """Open a dialog that asks before something is done. `details` draws what depends on it, above the buttons.

    Called in the run in which the asking button was clicked. `on_confirm` runs as a callback, before the next run; a
    DomainError from it is shown at the top of the page.
    """

    def body() -> None:
        st.markdown(plain(one_stop(sentence)))
        if details:
            details()
        with st.container(horizontal=True, horizontal_alignment="right"):
            left = st.button(_("Cancel"), key=f"{key}-cancel")
            with st.container(key=f"danger-{key}" if danger else f"safe-{key}", width="content"):
                done = st.button(action, key=f"{key}-yes", type="primary", on_click=errors.telling(on_confirm), args=tuple(args))
        if left or done:  # a click in a dialog draws the dialog anew, and nothing else
            st.rerun()

    st.dialog(title)(body)()


@dataclass(frozen=True)
class Chip:
    """One filter that is on: its key, and how it is said (`Status: open`)."""

    key: str
    text: str


def chips(filters: Sequence[Chip], on_remove: Callable[[str], None], on_clear: Callback | None = None) -> None:
    """The filters that are on; a click takes one away (`on_remove` gets its key)."""
    if not filters:
        return
    with st.container(key="chips", horizontal=True, gap="xsmall", vertical_alignment="center"):
        for each in filters:
            st.button(
                plain(each.text),
                key=f"chip-{each.key}",
                icon=":material/close:",
                icon_position="right",
                on_click=on_remove,
                args=(each.key,),
            )
        if on_clear and len(filters) > 1:
            st.button(_("Clear all"), key="chips-clear", type="tertiary", on_click=on_clear)


def toast(message: str, *, icon: str = "check_circle", later: bool = False) -> None:
    """Say that something worked. `later=True` says it in the next run: before st.rerun, a page switch, or in a callback."""
    message = one_stop(message)
    if later:
        state.add_toast(message, icon)
    else:
        st.toast(plain(message), icon=f":material/{icon}:")


@contextmanager
def progress(text: str) -> Iterator[Callable[[float, str], None]]:
    """A bar where the result will be, gone when the work is done. Gives a function of the share done (0 to 1) and a word."""
    bar = st.progress(0.0, plain(text))

    def tell(share: float, word: str = "") -> None:
        bar.progress(min(max(share, 0.0), 1.0), plain(word or text))

    try:
        yield tell
    finally:
        bar.empty()


def table(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, key: str) -> None:
    """Rows to be read, whole: no cell is cut, as a grid cuts it. `label` says to those who hear the page what it is."""
    with st.container(key=key):
        st.html(table_html(label, heads, rows))


@dataclass(frozen=True)
class Happening:
    """One entry of a chronology."""

    at: datetime
    title: str
    detail: str = ""
    who: str = ""
    kind: str = "neutral"
    lines: tuple[str, ...] = field(default=())


def chronology(entries: Sequence[Happening], zone: ZoneInfo) -> None:
    """What happened, in the order given: when, what, by whom."""
    items = []
    for each in entries:
        kind = each.kind if each.kind in KINDS else "neutral"
        who = f'<span class="c-quiet">· {escape(each.who)}</span>' if each.who else ""
        told = "".join(f"<div>{escape(line)}</div>" for line in (each.detail, *each.lines) if line)
        head = f'<div class="c-quiet">{when_html(each.at, zone)} {who}</div><div><b>{escape(each.title)}</b></div>'
        items.append(f'<li class="c-{kind}">{head}{told}</li>')
    st.html(f'<ol class="c-chronology">{"".join(items)}</ol>')


def note(text: str, kind: str = "info") -> None:
    """A calm line in a box: info, good, attention or danger."""
    shown = {"good": st.success, "attention": st.warning, "danger": st.error}.get(kind, st.info)
    shown(plain(one_stop(text)))


def calm_error() -> None:
    """What a person reads when the program made a mistake."""
    st.error(_("Something went wrong on our side. Nothing more was changed. Please try again; it has been noted."))


@contextmanager
def counted() -> Iterator[None]:
    """In development (`CONSTELA_DEBUG=1`), count what is asked of the database meanwhile and say it in a line below.

    For a run of the script, and inside a fragment for its own reruns: within a run that counts already it does nothing.
    """
    if os.environ.get("CONSTELA_DEBUG") != "1" or is_metered():
        yield
        return
    meter = Meter()
    try:
        with metered() as meter:
            yield
    finally:
        state.put(COUNTED, (meter.statements, meter.waits, meter.round_trips))
        quiet(_counted(meter))


def _counted(meter: Meter) -> str:
    statements = ngettext("{count} statement", "{count} statements", meter.statements)
    trips = ngettext("{count} round trip", "{count} round trips", meter.round_trips)
    return f"{statements} · {trips} · {show_number(meter.milliseconds)} ms"
