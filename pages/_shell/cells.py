"""Small pieces of text and HTML from plain values: no widgets here. Whatever a person typed is escaped."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from domain.db.text_types import OWN_PICTURE
from domain.kit.formats import show_instant, show_when
from domain.kit.texts import _
from pages._shell.palette import LEVELS, hue_of

KINDS = {
    "neutral": "gray",
    "info": "violet",
    "good": "green",
    "attention": "yellow",
    "serious": "orange",
    "danger": "red",
    "star": "yellow",
}
DASH = "—"


def plain(text: object) -> str:
    """A text that Streamlit shows as it is: Markdown, icons and colours written by a person stay letters."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", str(text).replace("\n", " ").replace("\x00", ""))


def initials(name: str) -> str:
    """At most two letters that stand for a name: `Ana de Souza Lima` gives `AL`."""
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper() or "·"


def when_html(value: datetime | None, zone: ZoneInfo) -> str:
    """An instant as people say it, with the exact time on hover and for machines."""
    if value is None:
        return DASH
    exact, said = escape(show_instant(value, zone)), escape(show_when(value, zone))
    return f'<time datetime="{escape(value.isoformat())}" title="{exact}">{said}</time>'


def badge_html(text: str, kind: str = "neutral") -> str:
    """A small mark; `kind` is one of `KINDS`."""
    return f'<span class="c-badge c-{kind if kind in KINDS else "neutral"}">{escape(text)}</span>'


def level_text(level: str) -> str:
    """An alert level in letters, for a cell of a grid: `◆ serious`."""
    known = LEVELS.get(str(level))
    return f"{known.shape} {_(known.word)}" if known else str(level)


def level_html(level: str) -> str:
    """An alert level as a badge: shape, word and colour."""
    known = LEVELS.get(str(level))
    return badge_html(level_text(level), known.kind if known else "neutral")


def table_html(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of short texts, each cell with as many lines as it needs; on a phone a row is a block, each cell beside its heading.

    What stands in a cell is shown as it is, from whichever side it is read. Blocks are a table no more but by their roles.
    """
    top = "".join(f'<th role="columnheader" scope="col">{escape(each)}</th>' for each in heads)
    lines = "".join(f'<tr role="row">{"".join(map(_cell, heads, row))}</tr>' for row in rows)
    head, body = f'<thead role="rowgroup"><tr role="row">{top}</tr></thead>', f'<tbody role="rowgroup">{lines}</tbody>'
    return f'<table class="c-table" role="table" aria-label="{escape(label)}">{head}{body}</table>'


def _cell(head: str, text: str) -> str:
    said = f'<bdi dir="auto">{escape(text)}</bdi>' if text else ""
    return f'<td role="cell" data-head="{escape(head)}">{said}</td>'


def own_picture(address: str | None) -> str:
    """The address of a picture that the app itself serves; empty for any other, which browsers are told not to load."""
    return address if address and OWN_PICTURE.fullmatch(address) else ""


def person_html(name: str, role: str = "", role_label: str = "", picture: str | None = None) -> str:
    """A person by name and role, with their picture, or else their initials in the role's hue."""
    hue = hue_of(role).name if role else "none"
    said = f'<span class="c-quiet">{escape(role_label)}</span>' if role_label else ""
    mark = f'<span class="c-initials c-hue-{hue}" aria-hidden="true">{escape(initials(name))}</span>'
    if own_picture(picture):
        mark = f'<img class="c-initials c-face" src="{escape(own_picture(picture))}" alt="" loading="lazy">'
    return f'<span class="c-person">{mark}<span class="c-person-words"><span>{escape(name)}</span>{said}</span></span>'
