"""A week or a day as HTML, from plain values: a calendar with an axis of time, a table of rooms by days, a list day by day.

Whatever a person typed is escaped. Each meeting is a link; colour says its level, and never alone what is wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from html import escape

from domain.kit.formats import show_time
from domain.kit.texts import _
from pages._shell.cells import badge_html

STEP, HEIGHT = 5, 6  # minutes of one row of the calendar, and its pixels: more where a meeting has more to say
NO_MARK = ("", "")


@dataclass(frozen=True)
class Block:
    """A meeting as it is drawn. `column`: of which column of the calendar or row of the table; `mark`: words and their kind.

    `detail`: what its column doesn't say already; `whole`: all of it, for the list.
    """

    key: str
    day: int
    column: str
    start: time
    end: time
    title: str
    detail: str
    whole: str
    href: str
    hue: str
    mark: tuple[str, str] = NO_MARK
    is_open: bool = False

    @property
    def hours(self) -> str:
        """From when to when."""
        return f"{show_time(self.start)}–{show_time(self.end)}"


def calendar_html(columns: Sequence[tuple[str, str]], blocks: Sequence[Block], label: str) -> str:
    """Columns (key and name) beside an axis of time; what is at the same time in one column stands side by side."""
    first = min((_minute(each.start) for each in blocks), default=8 * 60) // 60 * 60
    last = -(-max((_minute(each.end) for each in blocks), default=18 * 60) // 60) * 60
    lanes = {key: _lanes([each for each in blocks if each.column == key]) for key, _name in columns}
    cells, track = [], 2
    for key, name in columns:
        count = max(1, len(lanes[key]))
        cells.append(f'<div class="c-cal-head" style="grid-column:{track}/{track + count}">{escape(name)}</div>')
        for at, lane in enumerate(lanes[key]):
            cells += [_slot(each, track + at, first) for each in lane]
        track += count
    hours = "".join(_hour(minute, first) for minute in range(first, last + 1, 60))
    rows = (last - first) // STEP
    across = f"52px repeat({track - 2},minmax(132px,1fr))"
    style = f"grid-template-columns:{across};grid-template-rows:auto repeat({rows},minmax({HEIGHT}px,auto))"
    return (
        f'<div class="c-cal c-wide" tabindex="0" role="group" aria-label="{escape(label)}">'
        f'<div class="c-cal-grid" style="{style}"><div class="c-cal-corner"></div>{hours}{"".join(cells)}</div></div>'
    )


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _lanes(blocks: Iterable[Block]) -> list[list[Block]]:
    """Blocks in as few lanes as it takes that none covers another."""
    lanes: list[list[Block]] = []
    for each in sorted(blocks, key=lambda block: (block.start, block.end, block.title)):
        lane = next((some for some in lanes if some[-1].end <= each.start), None)
        if lane is None:
            lanes.append([each])
        else:
            lane.append(each)
    return lanes


def _hour(minute: int, first: int) -> str:
    row = 2 + (minute - first) // STEP
    shown = show_time(time(minute // 60 % 24))
    return f'<div class="c-cal-hour" style="grid-row:{row}"><span>{shown}</span></div>'


def _slot(each: Block, track: int, first: int) -> str:
    top = 2 + (_minute(each.start) - first) // STEP
    bottom = max(top + 1, 2 + -(-(_minute(each.end) - first) // STEP))
    return _link(each, style=f"grid-area:{top}/{track}/{bottom}/{track + 1}", extra="c-slot-tall")


def _link(each: Block, *, style: str = "", extra: str = "") -> str:
    mark = badge_html(*each.mark) if each.mark[0] else ""
    shown = f' style="{style}"' if style else ""
    open_now = " c-slot-open" if each.is_open else ""
    current = ' aria-current="true"' if each.is_open else ""
    return (
        f'<a class="c-slot c-hue-{each.hue} {extra}{open_now}" href="{escape(each.href)}"{shown}{current}>'
        f'<span class="c-slot-hours">{each.hours}</span> <b>{escape(each.title)}</b> '
        f'<span class="c-quiet">{escape(each.detail)}</span> {mark}</a>'
    )


def table_html(rows: Sequence[tuple[str, str]], days: Mapping[int, str], blocks: Sequence[Block], corner: str) -> str:
    """A row for each room, teacher, class or level, a column for each weekday; in each cell its meetings, the first on top."""
    cells: dict[tuple[str, int], list[Block]] = {}
    for each in sorted(blocks, key=lambda block: (block.start, block.end, block.title)):
        cells.setdefault((each.column, each.day), []).append(each)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in days.values())
    body = ""
    for key, name in rows:
        told = "".join(f"<td>{''.join(_link(each) for each in cells.get((key, day), []))}</td>" for day in days)
        body += f'<tr><th scope="row">{escape(name)}</th>{told}</tr>'
    return (
        f'<div class="c-cal c-wide" tabindex="0" role="group" aria-label="{escape(corner)}"><table class="c-week"><thead><tr>'
        f'<th scope="col">{escape(corner)}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def list_html(days: Mapping[int, str], blocks: Sequence[Block], *, opened: int, always: bool) -> str:
    """Day by day, each to be opened; for phones, and (`always`) for whoever prefers it."""
    said = []
    for day, name in days.items():
        some = sorted((each for each in blocks if each.day == day), key=lambda block: (block.start, block.end, block.title))
        items = (
            "".join(f"<li>{_link(replace(each, detail=each.whole))}</li>" for each in some)
            or f'<li class="c-quiet">{escape(_("Nothing."))}</li>'
        )
        is_open = " open" if day == opened or len(days) == 1 else ""
        summary = f'<summary>{escape(name)} <span class="c-quiet">{len(some)}</span></summary>'
        said.append(f"<details{is_open}>{summary}<ol>{items}</ol></details>")
    return f'<div class="c-days{"" if always else " c-narrow"}">{"".join(said)}</div>'
