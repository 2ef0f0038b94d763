"""Files that nobody means to send: each is refused in plain words, or its rows are stored whole; never an error, never half."""

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from domain.access.roles import Role
from domain.db.base import model_of
from domain.exchange.imports import importing
from domain.exchange.imports.draft import Options
from domain.exchange.imports.importing import NotWhole, Outcome
from domain.exchange.imports.troubles import FileTrouble
from domain.exchange.table_csv import cell
from domain.kit.clock import zone_of
from domain.kit.errors import NotAllowed
from domain.kit.ids import new_id
from domain.records.fields import Field, fields
from domain.records.query import Row
from domain.registry import GROUPS
from tests.domain.exchange.importing import held
from tests.factories.rows import value_of
from tests.fuzz.conftest import LONG
from tests.fuzz.hostile import TEXTS
from tests.fuzz.planted import Planted
from tests.fuzz.workbook import workbook

TABLES = tuple(table for group in GROUPS.values() for table in group.tables)
MAIN = ("users", "classes", "schedules", "enrollments", "attendance", "rooms", "terms", "products", "invoices", "cost_centers")
ROLES = (Role.SCHOOL, Role.SCHOOL, Role.SCHOOL, Role.STAFF, Role.OWNER, Role.TEACHER, Role.STUDENT)
PEOPLE = ("Ana", "Lima", "student", "ana@example.com")
PLAIN = (*PEOPLE, "02/03/2026", "2026-03-02", "8:00", "9:30", "yes", "10", "1.234,56", "A1", "English A1")
FAIR = ("rooms", "terms", "products", "users", "leads", "course_types", "badges", "discounts", "cost_centers")
TOGETHER = {"start_date": dt.date(2026, 2, 2), "end_date": dt.date(2026, 7, 3), "role": Role.STUDENT}
TRIES = 100_000 if LONG else 300
RUN_ALL_THE_SAME = 5  # of how many files that a trial refuses one is imported all the same


class Files:
    """Makes hostile files, all from one seed."""

    def __init__(self, seed: int, planted: Planted) -> None:
        self.random, self.keys = random.Random(seed), planted.keys

    def cell(self) -> str:
        pick = self.random.random()
        if pick < 0.5:
            return self.random.choice(PLAIN)
        if pick < 0.9:
            return self.random.choice(TEXTS)
        return self.random.choice(self.keys) if pick < 0.97 else new_id()

    def head(self, table: str) -> list[str]:
        known = fields(model_of(table))
        chosen = [(each.label, name) for name, each in known.items() if each.editable or self.random.random() < 0.2]
        labels = [self.random.choice(each) for each in chosen]
        self.random.shuffle(labels)
        head = labels[: self.random.randint(1, max(1, len(labels)))] if self.random.random() < 0.5 else labels
        for _each in range(self.random.choice((0, 0, 0, 1, 2))):
            head.insert(self.random.randint(0, len(head)), self.random.choice([self.cell(), "Key", *labels[:1]]))
        return head

    def rows(self, table: str) -> list[list[str]]:
        head = self.head(table)
        count, width = self.random.choice((0, 1, 2, 3, 8)), len(head)
        ragged = self.random.random() < 0.15
        return [head] + [
            [self.cell() for _cell in range(width + (self.random.randint(-2, 2) if ragged else 0))] for _row in range(count)
        ]

    def text(self, table: str) -> bytes:
        separator = self.random.choice(",;\t|")
        quote = self.random.choice(('"', '"', "", "'"))
        lines = [separator.join(_quoted(cell, quote) for cell in row) for row in self.rows(table)]
        encoding = self.random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"))
        return self.random.choice(("\n", "\r\n", "\r")).join(lines).encode(encoding, "replace")

    def excel(self, table: str) -> bytes:
        sheets = [("List", [[self._typed(cell) for cell in row] for row in self.rows(table)])]
        merged = "A1:B2" if self.random.random() < 0.1 else ""
        if self.random.random() < 0.2:
            sheets.insert(self.random.randint(0, 1), (self.random.choice(("Other", "x" * 31)), [self.head(table)]))
        return workbook(sheets, merged=merged)

    def _typed(self, cell: str) -> Any:
        kept = ILLEGAL_CHARACTERS_RE.sub("", "".join(each for each in cell if each.isprintable()))
        if self.random.random() < 0.15:
            return self.random.choice((0, 1, -1, 1.5, 1e300, 46083, 46083.6, True, False, None, 10**20))
        return kept

    def broken(self, table: str) -> bytes:
        """A file with some of its bytes changed, cut out or doubled."""
        data = bytearray(self.excel(table) if self.random.random() < 0.5 else self.text(table))
        for _each in range(self.random.randint(1, 12)):
            at = self.random.randrange(len(data) + 1)
            act = self.random.random()
            if act < 0.6 and at < len(data):
                data[at] = self.random.randrange(256)
            elif act < 0.8:
                del data[at : at + self.random.randint(1, 50)]
            else:
                data[at:at] = bytes(self.random.randrange(256) for _byte in range(self.random.randint(1, 20)))
        return bytes(data)

    def repacked(self, table: str) -> bytes:
        """A workbook whose parts were changed within a zip file that is whole."""
        file = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.excel(table))) as whole, zipfile.ZipFile(file, "w") as made:
            for each in whole.infolist():
                data = bytearray(whole.read(each))
                for _change in range(self.random.choice((0, 0, 1, 3)) if data else 0):
                    data[self.random.randrange(len(data))] = self.random.choice(b"<>&\"'/= 09AZaz\x00\xff")
                if self.random.random() > 0.05:
                    made.writestr(each.filename, bytes(data))
        return file.getvalue()

    def fair(self, table: str) -> bytes:
        """A file as it should be, or nearly so: now and then one of its cells is what nobody means."""
        known = [each for each in fields(model_of(table)).values() if each.editable and not each.target]
        rows = [[self._fair_cell(each) for each in known] for _row in range(self.random.randint(1, 4))]
        if self.random.random() < 0.4:
            self.random.choice(rows)[self.random.randrange(len(known))] = self.cell()
        head = [self.random.choice((each.label, each.name)) for each in known]
        return "\n".join(",".join(_quoted(cell, '"') for cell in row) for row in (head, *rows)).encode("utf-8", "replace")

    def _fair_cell(self, field: Field) -> str:
        value = TOGETHER.get(field.name) or value_of(field.type, low=field.low)
        return cell(field, Row("", 0, {field.name: value}), zone_of({})) if field.required or self.random.random() < 0.5 else ""

    def noise(self, _table: str) -> bytes:
        start = self.random.choice((b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b"%PDF"))
        return start + self.random.randbytes(self.random.randint(0, 400))


def _quoted(cell: str, quote: str) -> str:
    return f"{quote}{cell.replace(quote, quote * 2)}{quote}" if quote else cell


def test_no_file_breaks_the_import_tells_a_secret_or_is_taken_by_half(planted: Planted, seed: int) -> None:
    files = Files(seed, planted)
    makers: tuple[Callable[[str], bytes], ...] = (files.fair, files.text, files.excel, files.broken, files.repacked, files.noise)
    stored = refused = 0
    for number in range(TRIES):
        table = files.random.choice(MAIN) if files.random.random() < 0.7 else files.random.choice(TABLES)
        role = files.random.choice(ROLES)
        maker = files.random.choice(makers)
        table = files.random.choice(FAIR) if maker == files.fair else table
        data = maker(table)
        options = Options(ignore_unknown=files.random.random() < 0.7, clear=files.random.random() < 0.2)
        try:
            told = _taken(planted.world.actor(role), table, data, options, number)
        except Exception as error:
            pytest.fail(f"try {number} (CONSTELA_SEED={seed}): {table} as {role}: {error!r}")
        stored, refused = stored + told, refused + (not told)
    assert stored
    assert refused


def _taken(actor: Any, table: str, data: bytes, options: Options, number: int) -> bool:
    """Whether a file was taken: what a preview says is what comes to pass, and a second time nothing does."""
    model, before = model_of(table), held(table)
    try:
        seen: Outcome = importing.preview(actor, model, data, options)
    except (FileTrouble, NotAllowed) as error:
        return _refused(error.message, table, before)
    assert all(each.message for each in seen.troubles)
    assert held(table) == before
    if not seen.is_whole and number % RUN_ALL_THE_SAME:
        return False  # what a trial refuses is seldom asked for all the same: it costs as much again
    try:
        done = importing.run(actor, model, data, options)
    except NotWhole as error:
        return _refused("" if seen.is_whole or not error.outcome.errors else error.message, table, before)
    assert seen.is_whole
    assert done.counts == seen.counts
    assert held(table) == before + done.counts.added
    again = importing.preview(actor, model, data, options)
    assert (again.counts.added, again.errors) == (0, 0)
    return True


def _refused(said: str, table: str, before: int) -> bool:
    assert said
    assert held(table) == before
    return False
