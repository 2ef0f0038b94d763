"""CSV and its like: whichever encoding and separator a spreadsheet of whichever country has written."""

import csv
import io
import itertools
from collections.abc import Iterator

from domain.exchange.imports.sheet import Knows, Sheet, gathered, made
from domain.exchange.imports.troubles import BrokenCsv, NotATable, NullInText
from domain.kit.errors import Problem
from domain.kit.texts import N_

SEPARATORS = {",": N_("commas"), ";": N_("semicolons"), "\t": N_("tabs"), "|": N_("vertical bars")}
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LOOKED_AT = 4096  # bytes, to tell UTF-16 without its mark
HEAD = 64 * 1024  # characters in which the headings are looked for
LONGEST_CELL = 1_000_000
NOTHING = ' ,;|\t"'

READ_AS = N_("Read as {encoding}, with {separator} between the cells.")


def read(data: bytes, knows: Knows) -> Sheet:
    """The table in a text file."""
    text, encoding = _decoded(data)
    if "\0" in text:
        raise NullInText(row=text.count("\n", 0, text.index("\0")) + 1)
    text, separator = _separator(text, knows)
    found = gathered(_rows(text, separator), expected=text.count("\n"))
    note = Problem("", READ_AS, {"encoding": encoding, "separator": (SEPARATORS[separator],)})
    return made(found, notes=[note])


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and what its encoding is called."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "") or _unmarked(data)
    try:
        return data.decode(encoding), encoding.removesuffix("-sig").upper()
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise NotATable from None
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:  # five bytes that Windows leaves undefined
        return data.decode("latin-1"), "Latin-1"


def _unmarked(data: bytes) -> str:
    """UTF-16 without its mark has a null beside each letter of our alphabets; all else is taken for UTF-8 first."""
    start = data[:LOOKED_AT]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = start[offset::2]
        if len(half) > 1 and half.count(0) > 0.6 * len(half) and start[1 - offset :: 2].count(0) < 0.1 * len(half):
            return name
    return "utf-8"


def _separator(text: str, knows: Knows) -> tuple[str, str]:
    """What parts the cells: what the file says itself (`sep=;`), or what makes the most known headings; then the most cells."""
    first, _line, rest = text.partition("\n")
    said = first.rstrip("\r").removeprefix("\ufeff").strip('"')
    if said.lower().startswith("sep=") and len(said) == 5 and said[4] in SEPARATORS:
        return f"\n{rest}", said[4]  # an empty row in its place, so that rows keep their numbers

    def worth(separator: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[:HEAD], newline=""), delimiter=separator)
        try:
            head = next((row for row in itertools.islice(reader, 100) if any(each.strip(NOTHING) for each in row)), [])
        except csv.Error:
            return 0, 0
        return knows(head), len(head)

    return text, max(SEPARATORS, key=worth)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error:
        raise BrokenCsv(line=reader.line_num) from None
