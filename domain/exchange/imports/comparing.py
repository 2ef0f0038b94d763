"""What a row would change of the record that it speaks of. A cell that says what an export of ours says of the record changes
nothing, however much shorter that is than the record: a moment to its minute, a name that several bear, dots.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from domain.access.masking import has_dots
from domain.db.base import model_of
from domain.db.types import Instant
from domain.exchange.imports.cells import DOTTED, EMPTY, WRONG, plain
from domain.exchange.imports.draft import Draft
from domain.exchange.imports.lookup import AT_ONCE
from domain.exchange.imports.moments import is_day_alone
from domain.exchange.imports.spread import text_of
from domain.exchange.table_csv import cell as exported
from domain.exchange.table_xlsx import LONGEST_TEXT, typed
from domain.kit.errors import Problem
from domain.kit.texts import N_
from domain.records.fields import Field
from domain.records.labels import labels
from domain.records.query import Row
from domain.records.write import DOTS_GIVEN

UNKNOWN = N_("{what}: nothing that you may see is called so. Please look at how it is written, or create it first.")
AMBIGUOUS = N_("{what}: {count} are called so. Please say which, such as by e-mail, term or key.")
MILLISECOND = dt.timedelta(milliseconds=1)


def compare(draft: Draft) -> None:
    """Note the changes of each record that a row speaks of, and refuse what can't be one."""
    rows = [(at, key) for at, key in enumerate(draft.keys) if key is not None and key in draft.current]
    for name, values in draft.values.items():
        for at, key in rows:
            value, old = values[at], draft.current[key][name]
            if value is not WRONG and (value != old or type(value) is not type(old) or key in draft.hidden):
                _change(draft, at, key, name, value)
    for name in draft.meanings:
        known_as = _labels_of_stored(draft, name, rows)
        for at, key in rows:
            _refer(draft, at, key, name, known_as)


def _change(draft: Draft, at: int, key: str, name: str, value: Any) -> None:
    kind, old, unseen = draft.known[name], draft.current[key][name], name in draft.hidden.get(key, frozenset())
    if value is DOTTED:
        if not unseen:
            draft.refuse(at, name, Problem(name, DOTS_GIVEN), draft.cell(at, name))
        return
    if value is EMPTY:
        if draft.options.clear and not unseen and old is not None and not kind.required:
            draft.changes.setdefault(at, {})[name] = None
        return
    if unseen and name not in draft.changeable:
        draft.leave(name)
        return
    # What is hidden counts as changed whenever it is given: else "nothing changes" would tell that a guess is right.
    if unseen or not _says(draft, kind, draft.cell(at, name), value, old):
        draft.changes.setdefault(at, {})[name] = value


def _says(draft: Draft, kind: Field, cell: Any, value: Any, old: Any) -> bool:
    """Whether a cell says what stands there already, as far as an export says it."""
    if old is None:
        return False
    if value == old:
        return True
    zone = draft.session.actor.zone
    if isinstance(kind.type, Instant):
        local: dt.datetime = old.astimezone(zone)
        if is_day_alone(plain(cell)) and value == dt.datetime.combine(local.date(), dt.time(), zone):
            return True
        if value == old.replace(second=0, microsecond=0) or abs(value - old) <= MILLISECOND:
            return True
    if isinstance(cell, str):
        told = exported(kind, Row("", 0, {kind.name: old}), zone)
        return cell == told or (len(cell) == LONGEST_TEXT and told.startswith(cell))
    stored, _format = typed(kind, old, zone)
    if isinstance(stored, dt.time):
        return abs(_seconds(stored) - _seconds(value)) < 1
    return isinstance(stored, int | float | Decimal) and isinstance(cell, int | float) and _rounded(stored) == _rounded(cell)


def _seconds(value: dt.time) -> float:
    return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6


def _rounded(value: Any) -> float:
    """A number as precisely as a spreadsheet keeps it."""
    return float(f"{float(value):.15g}")


def _refer(draft: Draft, at: int, key: str, name: str, known_as: dict[str, str]) -> None:
    meaning, old, said = draft.meanings[name][at], draft.current[key][name], text_of(draft.cell(at, name))
    unseen = name in draft.hidden.get(key, frozenset())
    if meaning is None:
        if draft.options.clear and not unseen and old is not None and not draft.known[name].required:
            draft.changes.setdefault(at, {})[name] = None
    elif unseen and name not in draft.changeable:
        draft.leave(name)
    elif (unseen and has_dots(said)) or (not unseen and old is not None and (old in meaning or known_as.get(old) == said)):
        return  # it says what stands there, as far as the actor is shown it
    elif wrong := wrong_meaning(draft, name, meaning):
        draft.refuse(at, name, wrong, draft.cell(at, name))
    else:
        draft.changes.setdefault(at, {})[name] = meaning[0]


def wrong_meaning(draft: Draft, name: str, meaning: tuple[str, ...]) -> Problem | None:
    """Why what is said isn't one record."""
    if len(meaning) == 1:
        return None
    what = (model_of(draft.known[name].target or "").__one__,)
    return Problem(name, AMBIGUOUS, {"count": len(meaning), "what": what}) if meaning else Problem(name, UNKNOWN, {"what": what})


def _labels_of_stored(draft: Draft, name: str, rows: Sequence[tuple[int, str]]) -> dict[str, str]:
    """What the records that are referred to now are called, where a row doesn't find them by itself."""
    wanted: set[str] = set()
    for at, key in rows:
        meaning, old = draft.meanings[name][at], draft.current[key][name]
        if old and meaning is not None and old not in meaning:
            wanted.add(old)
    target = model_of(draft.known[name].target or "")
    listed, found = sorted(wanted), dict[str, str]()
    for start in range(0, len(listed), AT_ONCE):
        found |= labels(draft.session, target, listed[start : start + AT_ONCE])
    return found
