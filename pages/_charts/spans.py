"""Figures that are spans ("15 to 19", "between 60% and 80%") as bars: what is sure is filled, what may be is hatched."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from pages._charts.wellbeing import FONT, Ink

ROW, LINE, AROUND = 34, 15, 64  # pixels of a bar, of a further line of its name, and of what stands around all bars
NAME = 24  # characters of a name in one line


@dataclass(frozen=True)
class Bar:
    """One figure: its name, its span (None: nothing is told), and the span in words."""

    name: str
    low: float | None
    high: float | None
    words: str


def span_chart(bars: Sequence[Bar], ink: Ink, *, top: float | None = None, percent: bool = False) -> go.Figure:
    """Lying bars, the first at the top. Of a count all is filled up to its least; of a share only the span itself is drawn.

    `top`: where the scale ends, if it has an end. What isn't told is said in words in its place.
    """
    lines = [wrap(_safe(each.name), NAME) for each in bars]
    names = ["<br>".join(each) for each in lines]
    known = [(name, each) for name, each in zip(names, bars, strict=True) if each.low is not None and each.high is not None]
    figure = go.Figure()
    if not percent:
        figure.add_bar(
            orientation="h",
            y=[name for name, _bar in known],
            x=[each.low for _name, each in known],
            marker={"color": ink.curve},
            customdata=[each.words for _name, each in known],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    figure.add_bar(
        orientation="h",
        y=[name for name, _bar in known],
        x=[(each.high or 0) - (each.low or 0) for _name, each in known],
        base=[each.low for _name, each in known],
        marker={
            "color": ink.curve if percent else "rgba(0,0,0,0)",
            "line": {"width": 1.25, "color": ink.curve},
            "pattern": {"shape": "" if percent else "/", "fgcolor": ink.curve, "bgcolor": "rgba(0,0,0,0)", "size": 6},
        },
        customdata=[each.words for _name, each in known],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    for name, each in zip(names, bars, strict=True):
        words: dict[str, Any] = {
            "x": each.high if each.high is not None else 0,
            "y": name,
            "text": _safe(each.words),
            "xanchor": "left",
            "xshift": 6,
        }
        if percent and each.high is not None and each.high > 80:
            words |= {"x": each.low, "xanchor": "right", "xshift": -6}
        figure.add_annotation(showarrow=False, font={"color": ink.text if each.low is not None else ink.quiet}, **words)
    figure.update_layout(
        height=AROUND + sum(ROW + LINE * (len(each) - 1) for each in lines),
        margin={"l": 8, "r": 24, "t": 8, "b": 8},
        showlegend=False,
        barmode="overlay",
        bargap=0.4,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": ink.quiet},
        hoverlabel={"font": {"family": FONT}},
        dragmode=False,
    )
    highest = top if top is not None else max((each.high or 0 for each in bars), default=0) * 1.5 + 1
    figure.update_xaxes(
        range=[0, highest],
        ticksuffix="%" if percent else "",
        gridcolor=ink.line,
        zerolinecolor=ink.line,
        linecolor=ink.line,
        tickformat="d",
        automargin=True,
    )
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=names[::-1],
        tickfont={"color": ink.text},
        showgrid=False,
        ticks="outside",
        ticklen=6,
        tickcolor="rgba(0,0,0,0)",
        automargin=True,
        type="category",
    )
    return figure


def _safe(text: str) -> str:
    """Plotly reads a little HTML in its texts; ours have none."""
    return text.replace("<", "‹").replace(">", "›")
