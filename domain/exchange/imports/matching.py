"""Which record a row speaks of: the one with its key, else the one that its natural key finds among those the actor may read."""

from collections.abc import Sequence
from typing import Any

from domain.access.trail.cascade import rows_of
from domain.exchange.imports.draft import UNFILLED, Draft
from domain.exchange.imports.headings import KEY
from domain.exchange.imports.lookup import AT_ONCE, Keys, comparable, is_told, keys_by_values
from domain.exchange.imports.natural import Natural, natural_keys
from domain.exchange.imports.references import References
from domain.exchange.imports.sheet import is_filled
from domain.exchange.imports.spread import text_of
from domain.kit.errors import Problem
from domain.kit.progress import Work, tell
from domain.kit.texts import N_
from domain.records.masks import hidden_in, masked_fields

NO_SUCH_KEY = N_("There is no record with this key that you may see. Leave the key empty for a new one.")
SEVERAL_FIT = N_("{count} records fit this row. Please add the column “Key”, as an export has it.")
SAME_AS = N_("This row speaks of the same record as row {row}.")
READ_AT_ONCE = 5_000


def match(draft: Draft) -> None:
    """Find each row's record, and read these records as they are."""
    if KEY in draft.cells:
        _by_key(draft)
    for each in natural_keys(draft.model):
        if all(name in draft.known for name in each.names):
            _by_natural_key(draft, each)
    _once_each(draft)
    load(draft, [key for key in draft.keys if key])


def _by_key(draft: Draft) -> None:
    texts = [text_of(each).upper() for each in draft.cells[KEY]]
    found = References(draft.session).find_keys(draft.model, set(texts))
    for at, text in enumerate(texts):
        if text in found:
            draft.keys[at] = text
        elif text:
            draft.refuse(at, KEY, Problem(KEY, NO_SUCH_KEY), text)


def _by_natural_key(draft: Draft, natural: Natural) -> None:
    if not is_told(draft.session, draft.model, natural.names):
        return
    rows = [at for at in range(len(draft)) if draft.keys[at] is None and not is_filled(draft.cell(at, KEY))]
    said = said_by(draft, natural)
    wanted = {each for at in rows if (each := said[at]) is not None}
    if not wanted:
        return
    found = keys_by_values(draft.session, draft.model, natural.names, wanted, natural.where, work=Work.COMPARING)
    if natural.apart and found:
        load(draft, [key for keys in found.values() for key in keys])
    for at in rows:
        each = said[at]
        keys: Keys = found.get(each, ()) if each is not None else ()
        if natural.apart and keys:
            keys = tuple(key for key in keys if not _is_apart(draft, at, key, natural.apart))
        if len(keys) == 1:
            draft.keys[at] = keys[0]
        elif keys:
            draft.refuse(at, natural.names[-1], Problem("", SEVERAL_FIT, {"count": len(keys)}), draft.cell(at, natural.names[-1]))


def said_by(draft: Draft, natural: Natural) -> list[tuple[Any, ...] | None]:
    """What each row says of a natural key; None where it doesn't say all of it, or the key isn't for such a row."""
    rows = list(zip(*(draft.natural_values(name, empties=natural.empties) for name in natural.names), strict=True))
    said: list[tuple[Any, ...] | None] = [None if UNFILLED in row else row for row in rows]
    for name, value in natural.when.items():
        told = draft.natural_values(name)
        said = [
            row if (each is UNFILLED if value is None else each == value) else None for row, each in zip(said, told, strict=True)
        ]
    return said


def _is_apart(draft: Draft, at: int, key: str, names: Sequence[str]) -> bool:
    """Whether row and record differ in what both have. What the actor sees as dots tells them nothing."""
    unseen = masked_fields(draft.session.actor, draft.model)
    for name in names:
        if name in unseen or name not in draft.values:
            continue
        stored, said = draft.current[key][name], draft.natural_values(name)[at]
        if stored is not None and said is not UNFILLED and comparable(draft.known[name].type, stored) != said:
            return True
    return False


def _once_each(draft: Draft) -> None:
    first: dict[str, int] = {}
    for at, key in enumerate(draft.keys):
        if key is None:
            continue
        before = first.setdefault(key, at)
        if before != at:
            draft.refuse(at, "", Problem("", SAME_AS, {"row": draft.sheet.numbers[before]}))


def load(draft: Draft, keys: Sequence[str]) -> None:
    """Read records as they stand, below the masks: only to compare with. What of them is hidden is noted beside."""
    missing = [key for key in dict.fromkeys(keys) if key not in draft.current]
    names = [(name, each.column) for name, each in draft.known.items()]
    for at in range(0, len(missing), READ_AT_ONCE):
        tell(Work.COMPARING, at, len(missing))
        for row in rows_of(draft.session.connection(), draft.model, missing[at : at + READ_AT_ONCE]):
            draft.current[row["id"]] = {name: row[column] for name, column in names}
    if masked_fields(draft.session.actor, draft.model):
        for at in range(0, len(missing), AT_ONCE):
            draft.hidden.update(hidden_in(draft.session, draft.model, missing[at : at + AT_ONCE]))
