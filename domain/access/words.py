"""Rights in plain words, from the same data that decides: the table of rights, whole and in letters."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from domain.access.decide import mask_of
from domain.access.grants import RIGHTS, Grant
from domain.access.roles import Role
from domain.db.base import Base, model_of
from domain.kit.texts import N_, _

OWN, EVERYONE_ELSES = N_("own"), N_("everyone else's")
RELEASED = N_("of alerts about their children that were released to them")
LISTED = N_("in their own name, while on the school's list for alerts")
# What each scope means to a reader. A new scope has words here, or it can't be shown.
ROWS: dict[str, str] = {
    "every": N_("all of the school"),
    "own": OWN,
    "own_graph": OWN,
    "own_chat": OWN,
    "own_invoice": N_("for invoices that they pay"),
    "not_own": EVERYONE_ELSES,
    "anothers_payroll": EVERYONE_ELSES,
    "joins_others": EVERYONE_ELSES,
    "child": N_("their children's"),
    "child_at_home": N_("of children who live with them"),
    "own_as_adult": N_("own, from 18 on"),
    "adult_of_school": N_("of those who work at the school"),
    "no_owner": N_("of people who aren't owners"),
    "role_business": N_("of coordination, reception and owners"),
    "role_student": N_("of students"),
    "own_class": N_("of the classes that they teach"),
    "led_class": N_("of the classes that they teach, or give a session of as a substitute"),
    "substituted_session": N_("of the sessions that they give as a substitute"),
    "own_class_session": N_("of the classes that they teach"),
    "class_student": N_("of students in their classes"),
    "enrolled_class": N_("of the classes that they are enrolled in"),
    "child_class": N_("of their children's classes"),
    "readable_record": N_("about records that they may read"),
    "told_record": N_("all but those about alerts withheld from them as a guardian"),
    "alert_raised": N_("of alerts that they raised"),
    "alert_looked_at": N_("of the automatic checks, about themself, once someone has looked"),
    "alert_released": RELEASED,
    "release_to_me": RELEASED,
    "alert_handled": N_("all but those withheld from them as a guardian"),
    "alert_listed": N_("the same, while on the school's list for alerts"),
    "new_alert_self": N_("new ones about themself"),
    "new_alert_class": N_("new ones about students in their classes"),
    "new_alert_student": N_("new ones about students"),
    **dict.fromkeys(("raising_self", "raising_class", "raising_student", "raising", "step_handled"), N_("in their own name")),
    **dict.fromkeys(("raising_listed", "step_listed"), LISTED),
    "release_word": N_("in their own name, while on the school's list, not about a child of theirs"),
    "contest_word": N_("against alerts about themself that someone has looked at"),
    "another_supervisor": N_("of other people of coordination and owners"),
    "coordinator_supervisor": N_("of other people of coordination"),
}
# Where the column says more than the scope.
ROWS_BY_COLUMN: dict[tuple[str, str], str] = {("own", "payer_id"): N_("that they pay")}
# What the keys of objects mean of which only some are shown.
KEYS: dict[str, str] = {
    "holidays": N_("holidays"),
    "closed_days": N_("closed days"),
    "opening_hours": N_("opening hours"),
    "duration_minutes": N_("duration"),
}
VERBS: dict[str, str] = {
    "R": N_("read"),
    "C": N_("create"),
    "U": N_("change"),
    "D": N_("delete"),
    "A": N_("figures of five people or more, without names"),
    "S": N_("read in summary"),
    "E": N_("erase for good what was deleted"),
}
BREAKS = "<br>"


@dataclass(frozen=True)
class Line:
    """A table's line in the table of rights: its name, and in words what each role may do with it (empty: nothing)."""

    table: str
    title: str
    cells: Mapping[Role, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """The lines of one group."""

    title: str
    lines: tuple[Line, ...]


def table_of_rights(groups: Iterable[tuple[str, Sequence[str]]]) -> list[Part]:
    """The table of rights for these groups (a source text and tables each), in the reader's language."""
    return [Part(_(title), tuple(_line(table) for table in tables)) for title, tables in groups]


def _line(table: str) -> Line:
    return Line(table, _(model_of(table).__title__), {role: words_for(role, table) for role in Role})


def words_for(role: Role, table: str) -> tuple[str, ...]:
    """What a role may do with a table: a phrase for each kind of rows, such as "Own: read, change (only Phone)"."""
    found: dict[str, list[Grant]] = {}
    for each in RIGHTS.grants(role, table):
        found.setdefault(ROWS_BY_COLUMN.get((each.scope, each.column)) or ROWS[each.scope], []).append(each)
    return tuple(_phrase(rows, grants, model_of(table)) for rows, grants in found.items())


def _phrase(rows: str, grants: Sequence[Grant], model: type[Base]) -> str:
    verbs: list[str] = []
    for letter, verb in VERBS.items():
        given = [each for each in grants if letter in each.actions]
        if not given:
            continue
        limits = {name for each in given for name in each.only} if letter == "U" and all(each.only for each in given) else set()
        said = [_("only {columns}").format(columns=_names(model, limits))] if limits else []
        said += _reading(model, given) if letter == "R" else []
        verbs.append(_("{action} ({details})").format(action=_(verb), details="; ".join(said)) if said else _(verb))
    said_rows = _(rows)
    return _("{rows}: {actions}").format(rows=said_rows[:1].upper() + said_rows[1:], actions=", ".join(verbs))


def _reading(model: type[Base], grants: Sequence[Grant]) -> list[str]:
    """What reading doesn't show as it is, where all these rights hold for the same rows."""
    mask = reduce(or_, (mask_of(each, model.__tablename__) for each in grants))
    only = {name for each in grants for name in each.shown} if mask.unsaid else set()
    dots = mask.hidden - mask.unsaid - mask.last_four - mask.parts.keys()
    said = [_("only {columns}").format(columns=_names(model, only))] if only else []
    said += [_("hidden: {columns}").format(columns=_names(model, dots))] if dots else []
    said += [_("last four characters of: {columns}").format(columns=_names(model, mask.last_four))] if mask.last_four else []
    for name, keys in mask.parts.items():
        told = ", ".join(_(text) for key, text in KEYS.items() if key in keys)
        said.append(_("of {column} only {keys}").format(column=_names(model, {name}), keys=told))
    return said


def _names(model: type[Base], columns: Collection[str]) -> str:
    labels = [_(str(each.info.get("label", each.name))) for each in model.__table__.columns if each.name in columns]
    return ", ".join(labels)


def markdown(groups: Iterable[tuple[str, Sequence[str]]]) -> str:
    """The table of rights as Markdown: a table for each group."""
    lines = []
    for part in table_of_rights(groups):
        lines += [f"## {part.title}", "", f"| | {' | '.join(role.label for role in Role)} |", f"|---|{'---|' * len(Role)}"]
        for line in part.lines:
            cells = [BREAKS.join(line.cells[role]) for role in Role]
            lines.append("| " + " | ".join([line.title, *cells]) + " |")
        lines.append("")
    return "\n".join(lines)


def summary(groups: Iterable[tuple[str, Sequence[str]]]) -> str:
    """The table of rights in letters as Markdown, a line for each group; small ones: not all tables, rows or columns."""
    lines = [f"| | {' | '.join(role.label for role in Role)} |", f"|---|{'---|' * len(Role)}"]
    for title, tables in groups:
        lines.append("| " + " | ".join([_(title), *(_letters(role, tables) for role in Role)]) + " |")
    return "\n".join(lines)


def _letters(role: Role, tables: Sequence[str]) -> str:
    found = []
    for letter in VERBS:
        given = {table: [each for each in RIGHTS.grants(role, table) if letter in each.actions] for table in tables}
        if any(given.values()):
            whole = all(any(_is_whole(each, table) for each in grants) for table, grants in given.items())
            found.append(letter if whole else letter.lower())
    return " ".join(found)


def _is_whole(grant: Grant, table: str) -> bool:
    return grant.scope == "every" and not grant.only and not mask_of(grant, table).hidden
