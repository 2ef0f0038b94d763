"""References as people write them: by name, e-mail, code or label. All distinct texts of a column are looked up together.

Nothing is found that the actor may not read, and what is found by a short form is given with all that it may mean.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.db.base import Base, model_of
from domain.exchange.imports.cells import WRONG, read_value
from domain.exchange.imports.lookup import AT_ONCE, Keys, comparable, is_told, keys_by_values
from domain.exchange.imports.natural import Names, ways_of_saying
from domain.kit.fold import fold
from domain.kit.ids import is_id
from domain.records.fields import fields
from domain.records.query import attribute

BESIDE = " · "  # between the parts of a label that names other records
NAME_AND_MAIL = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>")
MOST_COMBINED = 50  # of the records that the parts of one text may mean
LONGEST = 1_000
Found = dict[str, Keys]


class References:
    """Looks references up for one file, each text once."""

    def __init__(self, session: ScopedSession) -> None:
        self.session = session
        self.known: dict[str, Found] = defaultdict(dict)

    def find(self, table: str, texts: Collection[str]) -> Mapping[str, Keys]:
        """For each text the keys that it may mean; none for what means nothing to the actor."""
        known = self.known[table]
        new = {each for each in texts if each and each not in known}
        if new:
            known.update(self._find(model_of(table), new))
        return known

    def find_keys(self, model: type[Base], texts: Collection[str]) -> set[str]:
        """Those of these texts that are keys of records which the actor may read."""
        return set(self._by_key(model, set(texts)))

    def _find(self, model: type[Base], texts: set[str]) -> Found:
        found: Found = dict.fromkeys(texts, ())
        rest = {each for each in texts if len(each) <= LONGEST}
        for way in (self._by_key, self._by_mail, *self._ways(model)):
            some = {text: keys for text, keys in way(model, rest).items() if keys}
            found.update(some)
            rest -= some.keys()
            if not rest:
                break
        return found

    def _ways(self, model: type[Base]) -> list[Callable[[type[Base], set[str]], Found]]:
        return [lambda model, texts, names=names: self._by_parts(model, texts, names) for names in ways_of_saying(model)]  # type: ignore[misc]

    def _by_key(self, model: type[Base], texts: set[str]) -> Found:
        keys = {each: each for each in texts if is_id(each)}
        listed, there = list(keys), set[str]()
        for at in range(0, len(listed), AT_ONCE):
            there.update(self.session.scalars(select(model.id).where(model.id.in_(listed[at : at + AT_ONCE]))))
        return {text: (key,) for text, key in keys.items() if key in there}

    def _by_mail(self, model: type[Base], texts: set[str]) -> Found:
        """`Ana Lima <ana@example.com>`, as mail programs write a person."""
        if model.__tablename__ != "users":
            return {}
        mails = {text: found[1].lower() for text in texts if (found := NAME_AND_MAIL.fullmatch(text))}
        keys = keys_by_values(self.session, model, ["email"], {(each,) for each in mails.values()})
        return {text: keys.get((mail,), ()) for text, mail in mails.items()}

    def _by_parts(self, model: type[Base], texts: set[str], names: Names) -> Found:
        if not is_told(self.session, model, names):
            return {}
        known = fields(model)
        if names == tuple(model.__label__) and "sort_text" in model.__table__.columns:
            return self._by_name(model, texts)
        plain = not any(known[name].target for name in names)
        parts = {text: parted for text in texts if (parted := _parted(text, len(names), plain=plain))}
        meanings = {text: [set[Any]() for _name in names] for text in parts}
        for at, name in enumerate(names):
            distinct = {parted[at] for parted in parts.values()}
            read = self._read(model, name, distinct)
            for text, parted in parts.items():
                meanings[text][at].update(read[parted[at]])
        combined = {
            text: set(itertools.islice(itertools.product(*each), MOST_COMBINED)) for text, each in meanings.items() if all(each)
        }
        wanted = {each for some in combined.values() for each in some}
        keys = keys_by_values(self.session, model, names, wanted)
        return {
            text: tuple({key: None for each in sorted(some, key=str) for key in keys.get(each, ())})
            for text, some in combined.items()
        }

    def _read(self, model: type[Base], name: str, texts: set[str]) -> dict[str, tuple[Any, ...]]:
        """What each text may be as a value of a field: keys of another record, or the one value."""
        kind = fields(model)[name]
        if kind.target:
            known = self.find(kind.target, texts)
            return {each: known.get(each, ()) for each in texts}
        values = {each: read_value(kind, each, self.session.actor.zone) for each in texts}
        return {each: () if value is WRONG else (comparable(kind.type, value),) for each, value in values.items()}

    def _by_name(self, model: type[Base], texts: set[str]) -> Found:
        """By what a record is called, blind to case and accents; as it is written, where that tells two apart."""
        folded: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            folded[fold(text)].append(text)
        listed, found = sorted(each for each in folded if each), defaultdict[str, list[tuple[str, str]]](list)
        sort_text, parts = attribute(model, "sort_text"), [attribute(model, name) for name in model.__label__]
        for at in range(0, len(listed), AT_ONCE):
            wanted = select(model.id, sort_text, *parts).where(sort_text.in_(listed[at : at + AT_ONCE])).order_by(model.id)
            for key, said, *names in self.session.execute(wanted):
                found[said].append((key, " ".join(each for each in names if each)))
        return {text: _same(text, found[said]) for said, some in folded.items() for text in some}


def _same(text: str, found: list[tuple[str, str]]) -> Keys:
    exact = tuple(key for key, name in found if name == text)
    return exact or tuple(key for key, _name in found)


def _parted(text: str, count: int, *, plain: bool) -> list[str]:
    """A label's parts: between middle dots where it names other records, else between the first spaces."""
    if count == 1:
        return [text]
    if BESIDE in text or not plain:
        parts = [each.strip() for each in text.split(BESIDE)]
        beyond = len(parts) - count + 1  # a name may hold the sign itself
        return [BESIDE.join(parts[:beyond]), *parts[beyond:]] if beyond > 0 else []
    parts = text.split(" ", count - 1)
    return parts if len(parts) == count else []
