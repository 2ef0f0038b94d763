"""The rows that become new records: their values with what is left to defaults, and what of a record they lack."""

from collections import defaultdict
from typing import Any

from domain.db.errors import REQUIRED
from domain.exchange.imports.cells import DOTTED, EMPTY, WRONG
from domain.exchange.imports.comparing import wrong_meaning
from domain.exchange.imports.draft import Draft
from domain.exchange.imports.headings import label_of_path
from domain.exchange.imports.matching import SAME_AS, said_by
from domain.exchange.imports.natural import natural_keys, ways_of_saying
from domain.exchange.imports.sheet import is_filled
from domain.exchange.imports.spread import text_of
from domain.kit.errors import Problem
from domain.kit.fold import fold
from domain.kit.ids import new_ids
from domain.kit.texts import N_
from domain.records.fields import Field
from domain.records.write import DOTS_GIVEN

NAMELESS = N_("What would tell this record from others isn't given: {labels}. The next import would add it once more.")
MISSING = N_("For new records this column is needed too.")
NONE_TO_ADD = N_("There is no such record among those that you may see, and your role may add none.")
FOR_ONESELF = N_("New records are your own: please leave this cell empty, or add nothing for someone else.")
IN_A_CIRCLE = N_("These rows stand under one another in a circle.")


def make_fresh(draft: Draft) -> None:
    """Gather the values of the rows that no record is known for, by field."""
    draft.fresh = [at for at, key in enumerate(draft.keys) if key is None and not is_filled(draft.cell(at, "id"))]
    if not draft.fresh:
        return
    if not draft.creatable:
        for at in draft.fresh:
            draft.refuse(at, "", Problem("", NONE_TO_ADD))
        draft.fresh = []
        return
    said = _twice_in_the_file(draft)
    draft.fresh_keys = new_ids(len(draft.fresh))
    for name, kind in draft.known.items():
        if name in draft.own:
            _only_own(draft, name)
            draft.fresh_values[name] = [draft.own[name]] * len(draft.fresh)
        elif name in draft.values:
            draft.fresh_values[name] = _own_values(draft, kind)
        elif name in draft.meanings:
            draft.fresh_values[name] = _references(draft, kind)
        elif kind.required and not kind.has_default and name in draft.creatable:
            draft.refuse_all(Problem(name, MISSING), label_of_path(draft.model, (name,)))
    labels = tuple(draft.known[name].label_source for name in natural_keys(draft.model)[-1].names)
    for at in draft.fresh:
        if at not in said and at not in draft.bad:
            draft.refuse(at, "", Problem("", NAMELESS, {"labels": labels}))


def _only_own(draft: Draft, name: str) -> None:
    """Who may make records for themself alone makes none of a row that names someone else, or nobody who can be told."""
    for at in draft.fresh:
        meaning = draft.meanings[name][at] if name in draft.meanings else None
        if meaning is None or meaning == (draft.own[name],):
            continue
        wrong = wrong_meaning(draft, name, meaning) or Problem(name, FOR_ONESELF)
        draft.refuse(at, name, wrong, draft.cell(at, name))


def _twice_in_the_file(draft: Draft) -> set[int]:
    """Two new rows of one natural key would be one record at the next import. Gives those rows that say one."""
    first: dict[tuple[int, Any], int] = {}
    done: set[int] = set()
    for number, natural in enumerate(natural_keys(draft.model)):
        if not all(name in draft.known for name in natural.names):
            continue
        said = said_by(draft, natural)
        for at in draft.fresh:
            if said[at] is None or at in done:
                continue
            done.add(at)
            before = first.setdefault((number, said[at]), at)
            if before != at:
                draft.refuse(at, "", Problem("", SAME_AS, {"row": draft.sheet.numbers[before]}))
    return done


def _own_values(draft: Draft, kind: Field) -> list[Any]:
    values = draft.values[kind.name]
    found: list[Any] = []
    default = _default(draft, kind)
    for at in draft.fresh:
        value = values[at]
        if value is EMPTY:
            value = default(None) if callable(default) else default
            if value is None and kind.required:
                draft.refuse(at, kind.name, Problem(kind.name, REQUIRED))
        elif value is DOTTED:
            draft.refuse(at, kind.name, Problem(kind.name, DOTS_GIVEN), draft.cell(at, kind.name))
        found.append(None if value is DOTTED or value is WRONG else value)
    return found


def _default(draft: Draft, kind: Field) -> Any:
    default: Any = draft.model.__table__.columns[kind.column].default
    return None if default is None else default.arg


def _references(draft: Draft, kind: Field) -> list[Any]:
    meanings = draft.meanings[kind.name]
    found: list[str | None] = []
    among = _among_fresh(draft) if kind.target == draft.model.__tablename__ else {}
    for at in draft.fresh:
        meaning = meanings[at]
        if meaning == () and among:
            meaning = among.get(fold(text_of(draft.cell(at, kind.name))), ())
        if meaning is None:
            if kind.required:
                draft.refuse(at, kind.name, Problem(kind.name, REQUIRED))
            found.append(None)
        elif wrong := wrong_meaning(draft, kind.name, meaning):
            draft.refuse(at, kind.name, wrong, draft.cell(at, kind.name))
            found.append(None)
        else:
            found.append(meaning[0])
    return found


def _among_fresh(draft: Draft) -> dict[str, tuple[str, ...]]:
    """The file's own new rows by what may be said of them: an account may stand under one that comes with it."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for names in ways_of_saying(draft.model):
        if all(name in draft.values for name in names):
            for key, at in zip(draft.fresh_keys, draft.fresh, strict=True):
                said = [draft.values[name][at] for name in names]
                if all(isinstance(each, str) for each in said):
                    found[fold(" ".join(said))][key] = None
    return {said: tuple(keys) for said, keys in found.items()}


def parents_first(draft: Draft) -> list[int]:
    """The places of the new records (in `fresh`) in an order in which what is referred to comes before what refers to it."""
    inner = [
        name for name, kind in draft.known.items() if kind.target == draft.model.__tablename__ and name in draft.fresh_values
    ]
    places = {key: place for place, key in enumerate(draft.fresh_keys)}
    if not inner:
        return list(range(len(draft.fresh)))
    above = [[places[key] for name in inner if (key := draft.fresh_values[name][at]) in places] for at in range(len(draft.fresh))]
    order: dict[int, None] = {}
    waiting = list(range(len(draft.fresh)))
    while waiting:
        ready = [at for at in waiting if all(each in order for each in above[at])]
        if not ready:
            for at in waiting:
                draft.refuse(draft.fresh[at], inner[0], Problem(inner[0], IN_A_CIRCLE))
            break
        order.update(dict.fromkeys(ready))
        waiting = [at for at in waiting if at not in order]
    return list(order)
