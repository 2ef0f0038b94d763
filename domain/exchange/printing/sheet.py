"""What all printed pages share: the school's name, a title, when it was printed, numbered pages, and the app's own type."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from domain.kit.clock import now
from domain.kit.formats import show_instant
from domain.kit.texts import _, language

FONTS = Path(__file__).parent / "fonts"
INK, QUIET, LINE, SHADE = (26, 32, 51), (91, 100, 120), (200, 204, 212), (243, 244, 247)
MARGIN = 14  # millimetres
HEAD = FontFace(emphasis="BOLD", fill_color=SHADE)


@dataclass(frozen=True)
class Printed:
    """A file that was made: how it is called, without its ending, and its bytes."""

    name: str
    content: bytes


class Sheet(FPDF):
    """A4 pages under one title. `wide`: across. `foot`: what stands at the foot of each."""

    def __init__(self, title: str, under: str, *, school: str, zone: ZoneInfo, wide: bool = False, foot: str = "") -> None:
        super().__init__(orientation="landscape" if wide else "portrait", format="A4")
        self.title_said, self.under, self.school = spelled(title), spelled(under), spelled(school)
        self.foot, self.top = spelled(foot), 0.0
        self.printed = _("Printed {when}").format(when=show_instant(now(), zone))
        for style, file in (("", "Inter-Regular.ttf"), ("B", "Inter-Bold.ttf")):
            self.add_font("Inter", style, FONTS / file)
        self.set_title(f"{self.school} · {self.title_said}")
        self.set_lang(language().replace("_", "-"))
        self.set_creator("Constela")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.alias_nb_pages()
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.add_page()

    def header(self) -> None:
        """The school, what this is, and of when."""
        self.words(self.school, size=9, colour=QUIET)
        self.words(self.title_said, size=17, bold=True)
        if self.under:
            self.words(self.under, size=10, colour=QUIET)
        self.ln(3)
        self.top = self.get_y()

    def turn(self, title: str) -> None:
        """To a new page, under another title."""
        self.title_said = spelled(title)
        self.add_page()

    def footer(self) -> None:
        """When it was printed, what the signs mean, and which page it is."""
        self.set_y(-MARGIN)
        self.ink(size=8, colour=QUIET)
        self.cell(0, 5, self.printed)
        self.set_x(MARGIN)
        self.cell(0, 5, self.foot, align="C")
        self.set_x(MARGIN)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def words(self, text: str, *, size: float = 10, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """A line of text across the page, or several where it is long."""
        self.ink(size=size, bold=bold, colour=colour)
        self.multi_cell(0, size * 0.5, spelled(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def rows(self, heads: list[str], rows: list[list[str]], widths: list[float], *, size: float = 10, height: float = 7) -> None:
        """A table with a ruled line under each row; its heads stand again on each page."""
        self.ink(size=size)
        aligned = tuple("LEFT" if at == 0 or width > 12 else "CENTER" for at, width in enumerate(widths))
        with self.table(
            col_widths=tuple(widths),
            width=sum(widths),
            align="LEFT",
            text_align=aligned,
            line_height=height,
            headings_style=HEAD,
            padding=(0, 1),
        ) as table:
            for each in [heads, *rows]:
                table.row([spelled(cell) for cell in each])

    def lines_left(self, count: int, *, height: float = 7) -> int:
        """How many more lines fit below a table of so many, on the page on which it ends; each page has the heads besides."""
        here, whole = (int((self.page_break_trigger - at) / height) - 1 for at in (self.get_y(), self.top))
        return here - count if count <= here else -(count - here) % whole

    def ink(self, *, size: float, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """The type of what is written next; `size` in points."""
        self.set_font("Inter", "B" if bold else "", size)
        self.set_text_color(*colour)

    def bytes(self) -> bytes:
        """The file."""
        return bytes(self.output())


def fitted(text: str, most: int) -> str:
    """A text cut where it would not fit, and marked so."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(FONTS / "Inter-Regular.ttf").getBestCmap())


def spelled(text: str) -> str:
    """A text in the letters that the type has: others as a question mark, rather than as nothing."""
    return "".join(each if ord(each) in _letters() or each in "\n" else "?" for each in text)


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
