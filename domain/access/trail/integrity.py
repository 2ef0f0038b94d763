"""Whether the trail is as it was written: every chain walked from its beginning, a page at a time, as the rows are stored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from domain.access.trail.chain import AFTER, BEFORE, BEGINNING, digest, digest_of_all, hash_of
from domain.access.trail.kinds import EMPTIED
from domain.kit.texts import N_, _

PAGE = 500  # entries read at once
ROWS = 2_000  # rows of values read at once, as far as one entry has no more
TOLD = 100  # faults told for each chain; all are counted

ALTERED = N_("Entry {number} was altered or put in.")
UNCHAINED = N_("Entry {number} doesn't follow the one before it.")
MISSING = N_("Entries are missing before number {number}.")
REPEATED = N_("Number {number} is there more than once.")
VALUES_ALTERED = N_("The values of entry {number} were altered.")
VALUES_MISSING = N_("Values of entry {number} are missing, or there are too many.")
VALUES_STRAY = N_("Values belong to an entry that isn't there: {number}.")
CUT = N_("The chain is shorter than it was: entry {number} is gone.")
OTHER = N_("Entry {number} isn't the one that was exported.")
EMPTIED_UNSAID = N_("Values were emptied, and no entry says so. Records: {number}")


@dataclass(frozen=True)
class Fault:
    """Something that isn't as it was written: what (a source text), and the number, or the key, that it is about."""

    source: str
    number: Any

    @property
    def message(self) -> str:
        return _(self.source).format(number=self.number)


@dataclass(frozen=True)
class Head:
    """The end of a school's chain: its number (0 for none yet) and its hash."""

    number: int
    hash: str


@dataclass
class Chain:
    """What was found of one school's chain.

    `emptied`: records whose values were erased, which is no fault as long as entries say so of as many (`said`).
    """

    organization_id: str
    head: Head = field(default_factory=lambda: Head(0, BEGINNING))
    entries: int = 0
    emptied: int = 0
    said: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def blame(self, source: str, number: Any) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < TOLD:
            self.faults.append(Fault(source, number))


def heads(connection: Connection) -> dict[str, Head]:
    """The end of each school's chain, by the school's key."""
    found = connection.exec_driver_sql(
        "SELECT schools.id, last.number, last.hash FROM organizations AS schools LEFT JOIN trail_entries AS last "
        "ON last.organization_id = schools.id AND last.number = "
        "(SELECT max(number) FROM trail_entries WHERE organization_id = schools.id) ORDER BY schools.id"
    )
    return {school: Head(0, BEGINNING) if number is None else Head(number, hashed) for school, number, hashed in found}


def verify(connection: Connection, expected: Mapping[str, Head] | None = None) -> Iterator[Chain]:
    """Walk every chain, and hold it to the heads exported earlier, where there are any."""
    expected = expected or {}
    tables = ("trail_entries", "trail_values")
    statement = " UNION ".join(["SELECT id FROM organizations", *(f"SELECT organization_id FROM {each}" for each in tables)])  # noqa: S608
    known = {str(school): None for (school,) in connection.exec_driver_sql(statement)}
    for school in sorted(known | dict.fromkeys(expected)):
        yield _Walk(connection, school, expected.get(school)).done()


class _Walk:
    """One chain's walk: what came before is a number and a hash, whatever the chain's length."""

    def __init__(self, connection: Connection, school: str, expected: Head | None) -> None:
        self.connection = connection
        self.expected = expected
        self.chain = Chain(school)
        self.follows = {BEGINNING}  # what the next entry may name as the one before it
        self.met = expected is None or expected.number == 0

    def done(self) -> Chain:
        """Walk to the end."""
        for page in self._pages():
            for entry in page:
                self._entry(entry)
            for some in _shared_out(page):
                self._values(some)
        self._strays()
        if self.chain.emptied > self.chain.said:
            self.chain.blame(EMPTIED_UNSAID, self.chain.emptied - self.chain.said)
        if self.expected and not self.met:
            self.chain.blame(CUT, self.expected.number)
        return self.chain

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        # By number and key: a page may end between entries that share a number, where nothing keeps numbers apart any more.
        bounds: tuple[Any, ...] = ()
        while True:
            further = "AND number >= ? AND (number > ? OR id > ?) " if bounds else ""
            found = self.connection.exec_driver_sql(
                f"SELECT * FROM trail_entries WHERE organization_id = ? {further}ORDER BY number, id LIMIT ?",  # noqa: S608
                (self.chain.organization_id, *bounds, PAGE),
            )
            page = [dict(row) for row in found.mappings()]
            if not page:
                return
            yield page
            bounds = (page[-1]["number"], page[-1]["number"], page[-1]["id"])

    def _entry(self, entry: dict[str, Any]) -> None:
        chain, number = self.chain, entry["number"]
        wanted = chain.head.number + 1
        computed = hash_of(entry)
        if not isinstance(number, int) or (number != wanted and number <= chain.head.number):
            chain.blame(REPEATED if isinstance(number, int) else ALTERED, number)
            number = chain.head.number
        elif number != wanted:
            chain.blame(MISSING, number)
        if computed != entry["hash"]:
            chain.blame(ALTERED, number)
        elif entry["previous_hash"] not in self.follows and number == wanted:
            chain.blame(UNCHAINED, number)
        if self.expected and number == self.expected.number:
            self.met = True
            if entry["hash"] != self.expected.hash:
                chain.blame(OTHER, number)
        if entry["table_name"] == EMPTIED and entry["action"] == "D" and isinstance(entry["records"], int):
            chain.said += entry["records"]
        self.follows = {computed, entry["hash"]}
        chain.entries += 1
        chain.head = Head(number, entry["hash"])

    def _values(self, entries: list[dict[str, Any]]) -> None:
        marks = ", ".join("?" for _each in entries)
        statement = f"SELECT * FROM trail_values WHERE entry_id IN ({marks})"  # noqa: S608 -- question marks
        found = self.connection.exec_driver_sql(statement, tuple(entry["id"] for entry in entries))
        rows: dict[str, list[dict[str, Any]]] = {}
        for row in found.mappings():
            rows.setdefault(row["entry_id"], []).append(dict(row))
        for entry in entries:
            self._values_of(entry, rows.get(entry["id"], []))

    def _values_of(self, entry: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        kept = entry["before_digest"] is not None or entry["after_digest"] is not None
        if len(rows) != (entry["records"] if kept else 0):
            self.chain.blame(VALUES_MISSING, entry["number"])
            return
        fits = all(digest_of_all(side, rows) == entry[f"{side}_digest"] for side in (BEFORE, AFTER)) if kept else True
        for row in rows:
            if row["salt"] is None and row["before"] is None and row["after"] is None:
                self.chain.emptied += 1
            else:
                fits &= all(digest(side, row[side], row["salt"]) == row[f"{side}_digest"] for side in (BEFORE, AFTER))
        if not fits:
            self.chain.blame(VALUES_ALTERED, entry["number"])

    def _strays(self) -> None:
        statement = (
            "SELECT DISTINCT entry_id FROM trail_values WHERE organization_id = ? AND NOT EXISTS (SELECT 1 FROM trail_entries "
            "WHERE trail_entries.id = trail_values.entry_id "
            "AND trail_entries.organization_id = trail_values.organization_id) LIMIT ?"
        )
        for (key,) in self.connection.exec_driver_sql(statement, (self.chain.organization_id, TOLD)):
            self.chain.blame(VALUES_STRAY, key)


def _shared_out(page: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Entries whose values are read together."""
    some: list[dict[str, Any]] = []
    count = 0
    for entry in page:
        records = entry["records"] if isinstance(entry["records"], int) else 1
        if some and count + records > ROWS:
            yield some
            some, count = [], 0
        some.append(entry)
        count += records
    yield some
