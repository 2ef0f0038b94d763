"""How figures of groups are said ("15 to 19", "over 80%", "fewer than five") and drawn: a chart, and its table beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from domain.figures.rules import FEW, Band
from domain.kit.formats import show_number, show_percent
from domain.kit.texts import _
from pages._charts.spans import Bar, span_chart
from pages._charts.wellbeing import Ink
from pages._shell.palette import tokens

PLOT: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}
ROW, HEAD = 35, 38  # pixels of a table's lines
DASH = "—"


def at_least_words(at_least: int) -> str:
    """So many people, counted in fives."""
    if not at_least:
        return _("fewer than five")
    return _("{low} to {high}").format(low=show_number(at_least), high=show_number(at_least + FEW - 1))


def share_words(band: Band | None) -> str:
    """A share or mean, as far as it is told."""
    if band is None:
        return DASH
    if band.low == 0:
        return _("under {share}").format(share=show_percent(band.high / 100))
    if band.high == 100:
        return _("over {share}").format(share=show_percent(band.low / 100))
    return _("{low} to {high}").format(low=show_percent(band.low / 100), high=show_percent(band.high / 100))


def bars_and_table(
    key: str, title: str, bars: Sequence[Bar], columns: Mapping[str, Sequence[str]], *, percent: bool = False
) -> None:
    """A chart, and the same figures as a table beside it (below it on a phone)."""
    theme = tokens(dark=st.context.theme.type == "dark")
    ink = Ink(theme.text, theme.quiet, theme.line, theme.link)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = span_chart(bars, ink, top=100 if percent else None, percent=percent)
        st.plotly_chart(chart, key=f"bars-{key}", theme=None, config=PLOT)
    with right:
        height = HEAD + ROW * min(len(bars), 12)
        st.dataframe(dict(columns), key=f"figures-{key}", hide_index=True, height=height, alt=title)
