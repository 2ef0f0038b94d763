"""Excel files (.xlsx), read row by row: values as they stand, formulas as texts, nothing computed and nothing fetched.

A workbook is a zip file of XML that anyone may have packed: its parts are counted and measured before any is unpacked, and
`zipfile` unpacks no more of a part than its directory says.
"""

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from domain.exchange.imports.sheet import Knows, Sheet, gathered, is_filled, made
from domain.exchange.imports.troubles import (
    MOST_COLUMNS,
    BrokenExcel,
    FileTrouble,
    MergedCells,
    NoSuchSheet,
    OldExcel,
    OpenDocument,
    SwollenExcel,
)
from domain.kit.errors import Problem
from domain.kit.texts import N_

LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 1_000
MOST_SHEETS = 50
LOOKED_AT = 30  # rows in which a sheet's headings are looked for
PIECE = 1024 * 1024
ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z0-9:$]{1,40})\"")
OVERLAP = 200  # bytes: longer than what is looked for
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
DAY, MIDNIGHT = dt.timedelta(days=1), dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

READ_SHEET = N_("Read from the sheet “{sheet}”. The file has these too: {others}.")


def read(data: bytes, knows: Knows, wanted: str = "") -> Sheet:
    """The table in the sheet that was asked for; else in the one whose headings are best known, the first of several."""
    parts = _looked_into(data)
    with _telling(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl says of styles that it doesn't know
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        names: list[str] = []
        try:
            sheets = [each for each in book.worksheets if each.sheet_state == "visible"][:MOST_SHEETS]
            names += [each.title for each in sheets]
            chosen = _chosen(sheets, knows, wanted)
            if merged := _merged(parts, chosen._worksheet_path):
                raise MergedCells(sheet=chosen.title, where=", ".join(merged))
            others = ", ".join(each for each in names if each != chosen.title)
            notes = [Problem("", READ_SHEET, {"sheet": chosen.title, "others": others})] if others else []
            expected = chosen.max_row or 0
            return made(gathered(_rows(chosen), tell_short=False, expected=expected), name=chosen.title, names=names, notes=notes)
        except FileTrouble as error:
            error.sheets = tuple(names)
            raise
        finally:
            book.close()


@contextmanager
def _telling() -> Iterator[None]:
    """Whatever a parser makes of a file that isn't as it should be, a person hears one thing."""
    try:
        yield
    except (FileTrouble, MemoryError):
        raise
    except Exception:
        raise BrokenExcel from None


def _looked_into(data: bytes) -> zipfile.ZipFile:
    """The zip file, if it is a workbook of a size that a list may have."""
    try:
        found = zipfile.ZipFile(io.BytesIO(data))
        parts = found.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise BrokenExcel from None
    names = {each.filename for each in parts}
    if any(each.flag_bits & 1 for each in parts):
        raise OldExcel
    if "content.xml" in names:
        raise OpenDocument
    if len(parts) > MOST_PARTS or len(names) < len(parts) or "[Content_Types].xml" not in names:
        raise BrokenExcel
    if sum(each.file_size for each in parts) > LARGEST_UNPACKED:
        raise SwollenExcel(limit=LARGEST_UNPACKED // 1024**2)
    with _telling():
        for each in parts:
            if each.filename.endswith((".xml", ".rels")) and not each.filename.startswith("xl/worksheets/"):
                _found(found, each.filename, ENTITIES, refuse=True)
    return found


def _merged(parts: zipfile.ZipFile, path: str) -> list[str]:
    """The first ranges of merged cells. Entities of a sheet's XML, which nobody needs, are refused on the way."""
    _found(parts, path.lstrip("/"), ENTITIES, refuse=True)
    return [each.decode("ascii") for each in _found(parts, path.lstrip("/"), MERGED)]


def _found(parts: zipfile.ZipFile, path: str, pattern: re.Pattern[bytes], *, refuse: bool = False) -> list[bytes]:
    """What is found in a part that is unpacked piece by piece."""
    found: list[bytes] = []
    with parts.open(path) as part:
        before = b""
        while piece := part.read(PIECE):
            found += [each for each in pattern.findall(before + piece) if each not in found]
            if found and refuse:
                raise BrokenExcel
            if len(found) > 3:
                break
            before = piece[-OVERLAP:]
    return found[:3]


def _chosen(sheets: Sequence[Any], knows: Knows, wanted: str) -> Any:
    if wanted:
        found = next((each for each in sheets if each.title == wanted), None)
        if found is None:
            raise NoSuchSheet(sheet=wanted, names=", ".join(each.title for each in sheets))
        return found
    if not sheets:
        raise BrokenExcel

    def known(sheet: Any) -> int:
        head = next((row for row in islice(_rows(sheet), LOOKED_AT) if any(map(is_filled, row))), ())
        return knows([str(each) for each in head if is_filled(each)])

    return sheets[0] if len(sheets) == 1 else max(sheets, key=known)


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    """The rows, each as wide as it is filled: what a sheet says of its own size may be wrong."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
        width = len(row)
        while width and row[width - 1] is None:
            width -= 1
        yield [each if type(each) is float or type(each) is int else _cell(each) for each in row[:width]]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if isinstance(value, dt.timedelta):  # a clock time in a format of hours
        return (MIDNIGHT + value).time() if dt.timedelta() <= value < DAY else str(value)
    if isinstance(value, bool | int | float | dt.date | dt.time):
        return value
    return str(getattr(value, "text", "") or "=")  # a formula over several cells
