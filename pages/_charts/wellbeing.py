"""Figures over time as calm lines, by day and by night. From plain data; each chart's numbers stand in a table too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

FONT = "Inter, sans-serif"
HEIGHT = 240


@dataclass(frozen=True)
class Ink:
    """The colours of the theme that is shown."""

    text: str
    quiet: str
    line: str
    curve: str


@dataclass(frozen=True)
class Curve:
    """A figure over days: what was measured, and its smoothed course, if there is enough for one. None is a gap, never a zero.

    `each` and `course` name the two in the legend. `top`: the highest value there can be, where there is one. `ticks`: words
    for values of the scale, where numbers would say less.
    """

    days: Sequence[date]
    values: Sequence[float | None]
    smooth: Sequence[float | None]
    each: str
    course: str
    top: float | None = None
    ticks: Sequence[tuple[float, str]] = ()


def line_chart(curve: Curve, ink: Ink, *, day_format: str = "%d/%m") -> go.Figure:
    """Points for what was measured, a line for its course: told apart by shape, not by colour."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(curve.days),
        y=list(curve.values),
        mode="markers",
        name=curve.each,
        marker={"size": 6, "color": "rgba(0,0,0,0)", "line": {"width": 1.25, "color": ink.quiet}},
        hovertemplate="%{x|" + day_format + "}: %{y:.2~f}<extra>" + _safe(curve.each) + "</extra>",
    )
    if curve.smooth:
        figure.add_scatter(
            x=list(curve.days),
            y=list(curve.smooth),
            mode="lines",
            name=curve.course,
            line={"width": 2.5, "color": ink.curve},
            connectgaps=False,
            hovertemplate="%{x|" + day_format + "}: %{y:.2~f}<extra>" + _safe(curve.course) + "</extra>",
        )
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=True,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": ink.quiet},
        hoverlabel={"font": {"family": FONT}},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"color": ink.text}},
        hovermode="x unified",
        dragmode=False,
    )
    figure.update_xaxes(tickformat=day_format, showgrid=False, linecolor=ink.line, tickcolor=ink.line, automargin=True)
    span = [0, curve.top * 1.02] if curve.top is not None else None
    figure.update_yaxes(range=span, rangemode="tozero", gridcolor=ink.line, zerolinecolor=ink.line, automargin=True)
    if curve.ticks:
        values, words = zip(*curve.ticks, strict=True)
        figure.update_yaxes(tickvals=list(values), ticktext=[_safe(word) for word in words])
    return figure


def _safe(text: str) -> str:
    """Plotly reads a little HTML in its texts; ours have none."""
    return text.replace("<", "‹").replace(">", "›")
