"""Finds the guards: every place in the code where something is refused, left out or allowed on a condition. By parsing alone.

Nothing in the code marks a guard, so a new one is found as soon as it is written. What counts as one:

- an `if`, and each part of its condition: whether it refuses (raises, returns nothing, goes on) or allows;
- a condition of a question to the database: each comparison within `where`, `and_`, `or_`, tuples of conditions, scopes;
- what a function that answers yes or no gives back, and each part of it; what a comprehension leaves out;
- each value of a table of checks: a dictionary with nothing in it but what holds or doesn't;
- a call of one of the functions that decide, and of one that raises where something isn't allowed;
- a `raise` that no `if` stands before; a delete that makes something usable once; what is added to every question;
- the marks of a cookie.

Where the groups' services refuse something themselves, besides, only what says "not yours" counts: a question of rights, and what
stands before `NotAllowed`, `NotFound` and `WrongScope`. Their other conditions are the school's rules, which have tests of their
own. `places.py` says where is looked.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.guards.places import LOOKED_AT, NO_SERVICES, ONLY_DRAWS, SERVICES

ROOT = Path(__file__).parents[2]
REFUSALS = {"NotAllowed", "NotFound", "WrongScope"}
# Functions that decide, and what each gives when it decides nothing: code in which `sqlalchemy` and `Allowed` are known.
DECIDING = {
    "decide": "__guards__.Allowed()",
    "condition": "__guards__.true()",
    "masked": "frozenset()",
    "masks": "[]",
    "hidden_in": "__guards__.Nothing()",
    "reads_all": "True",
    "may_open": "True",
    "changeable": "None",
    "in_school": "__guards__.true()",
    "writable": "__guards__.Everything()",
    "is_id": "True",
}
SQL_METHODS = {"in_", "not_in", "is_", "is_not", "like", "is_not_distinct_from"}
CONDITIONS = {"where", "and_", "or_"}
COOKIE = {"httponly": "False", "secure": "False", "samesite": "'none'"}


@dataclass(frozen=True)
class Guard:
    """One guard: where it stands, what it says, and the expression that takes its place (empty: the statement goes).

    `function` is the outermost one around it; `node` counts the nodes in it up to the guard, `nth` the guards that say the same.
    """

    file: str
    line: int
    function: str
    node: int
    text: str
    instead: str
    nth: int = 1

    @property
    def key(self) -> str:
        """What tells it from all others, whatever else its function comes to say."""
        return f"{self.file}::{self.function}::{self.text}" + (f" #{self.nth}" if self.nth > 1 else "")

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.text}" + (f" -> {self.instead}" if self.instead else " (dropped)")


Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """The files that are looked at, each condition and call in them."""
    found = {path for pattern in LOOKED_AT for path in ROOT.glob(pattern)}
    return sorted(path for path in found if _named(path) not in ONLY_DRAWS)


def services() -> list[Path]:
    """The files in which what says "not yours" is looked at, and nothing else."""
    found = {path for pattern in SERVICES for path in ROOT.glob(pattern)} - set(files())
    return sorted(path for path in found if path.relative_to(ROOT).parts[1] not in NO_SERVICES)


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def guards() -> list[Guard]:
    """All guards of the code, in order."""
    found = [guard for path in files() for guard in guards_of(_named(path), path.read_text("utf-8"))]
    return found + [guard for path in services() for guard in guards_of(_named(path), path.read_text("utf-8"), rights_alone=True)]


def guards_of(file: str, source: str, *, rights_alone: bool = False) -> list[Guard]:
    """The guards of one file; with `rights_alone`, those that say "not yours"."""
    found = []
    for name, function in functions_of(ast.parse(source)):
        if f"{file}::{name}" in ONLY_DRAWS:
            continue
        finder = _Finder(function, rights_alone=rights_alone)
        order = {id(node): at for at, node in enumerate(ast.walk(function))}
        seen: set[int] = set()
        said: Counter[str] = Counter()
        for node, instead in finder.found():
            at = order[id(node)]
            if at not in seen:
                seen.add(at)
                text = " ".join(ast.unparse(node).split())[:160]
                said[text] += 1
                found.append(Guard(file, node.lineno, name, at, text, instead, said[text]))  # type: ignore[attr-defined]
    return found


def functions_of(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """The outermost functions of a module, and its classes' methods."""
    for each in tree.body:
        if isinstance(each, Function):
            yield each.name, each
        elif isinstance(each, ast.ClassDef):
            yield from ((f"{each.name}.{inner.name}", inner) for inner in each.body if isinstance(inner, Function))


@cache
def raising() -> frozenset[str]:
    """The names of functions that raise where something isn't allowed: by themselves, or through one that does."""
    bodies = {fn.name: fn for path in files() for _name, fn in functions_of(ast.parse(path.read_text("utf-8")))}
    found = {name for name, fn in bodies.items() if any(isinstance(each, ast.Raise) for each in ast.walk(fn))}
    while True:
        more = {name for name, fn in bodies.items() if name not in found and found & _called_as_statement(fn)}
        if not more:
            return frozenset(found)
        found |= more


def _called_as_statement(function: Function) -> set[str]:
    return {_name_of(each.value) for each in ast.walk(function) if isinstance(each, ast.Expr)}


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Await):
        return _name_of(node.value)
    if not isinstance(node, ast.Call):
        return ""
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


class _Finder:
    """The guards of one function: (node, what takes its place)."""

    def __init__(self, function: Function, *, rights_alone: bool) -> None:
        self.function, self.rights_alone = function, rights_alone
        self.parents = {id(child): node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}

    def found(self) -> Iterator[tuple[ast.AST, str]]:
        yield from self._rights() if self.rights_alone else self._all()

    def _rights(self) -> Iterator[tuple[ast.AST, str]]:
        for node in ast.walk(self.function):
            if isinstance(node, ast.If) and _says_not_yours(node.body):
                yield from _parts(node.test, refuses=True)
            elif isinstance(node, ast.Raise) and _says_not_yours([node]) and not isinstance(self.parents[id(node)], ast.If):
                yield node, ""
            elif isinstance(node, ast.Call) and _name_of(node) in DECIDING and self._decides(node):
                yield node, DECIDING[_name_of(node)]

    def _decides(self, node: ast.Call) -> bool:
        """Whether it is one of our functions that is called, by its bare name."""
        return isinstance(node.func, ast.Name) and _name_of(node) not in {self.function.name, "is_id"}

    def _all(self) -> Iterator[tuple[ast.AST, str]]:
        answers = isinstance(self.function.returns, ast.Name) and self.function.returns.id == "bool"
        for node in ast.walk(self.function):
            if isinstance(node, ast.If):
                yield from _parts(node.test, refuses=_refuses(node.body))
            elif isinstance(node, ast.comprehension):
                for each in node.ifs:
                    yield from _parts(each, refuses=False)
            elif isinstance(node, ast.Return) and answers and node.value and not isinstance(node.value, ast.Constant):
                yield from _parts(node.value, refuses=False)
            elif isinstance(node, ast.Dict) and _is_of_checks(node):
                for value in node.values:
                    yield from _parts(value, refuses=False)
            elif isinstance(node, ast.Raise) and node.exc and not isinstance(self.parents[id(node)], ast.If):
                yield node, ""
            elif isinstance(node, ast.Expr):
                yield from self._statement(node)
            elif isinstance(node, ast.Call):
                yield from self._call(node)
            elif self._is_sql_condition(node):
                yield node, "__guards__.true()"

    def _statement(self, node: ast.Expr) -> Iterator[tuple[ast.AST, str]]:
        called = _name_of(node.value)
        said = ast.unparse(node.value)
        added = called == "append" and "with_loader_criteria" in said
        once = called == "execute" and "delete(" in said
        if called in raising() or added or once:
            yield node, ""

    def _call(self, node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
        called = _name_of(node)
        if called in DECIDING and self.function.name != called:
            yield node, DECIDING[called]
        elif called in SQL_METHODS and _is_sql(node) and self._is_sql_condition(node):
            yield node, "__guards__.true()"
        if called == "set_cookie":
            yield from ((each.value, COOKIE[each.arg]) for each in node.keywords if each.arg in COOKIE)
        if called == "with_loader_criteria":
            yield from ((each.value, "False") for each in node.keywords if each.arg == "include_aliases")

    def _is_sql_condition(self, node: ast.AST) -> bool:
        """Whether this is a condition of a question: a comparison of a column, or a column that holds yes or no."""
        parent = self.parents.get(id(node))
        if parent is None or self._joins(node):
            return False
        is_method = isinstance(node, ast.Call) and _name_of(node) in SQL_METHODS
        if isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)) or is_method:
            asked = isinstance(parent, ast.If | ast.IfExp | ast.BoolOp | ast.comprehension)
            return _is_sql(node) and not asked
        if isinstance(node, ast.Attribute) and _is_column(node):
            holds = isinstance(parent, ast.Call) and _name_of(parent) in CONDITIONS and node in parent.args
            return holds or (isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.BitAnd | ast.BitOr))
        return False

    def _joins(self, node: ast.AST) -> bool:
        """Whether it says how tables are joined: without it there is no question."""
        parent = self.parents.get(id(node))
        return isinstance(parent, ast.Call) and _name_of(parent) in {"join", "outerjoin"}


def _says_not_yours(body: list[ast.stmt]) -> bool:
    """Whether what is done is to refuse what is someone else's, or what there isn't."""
    raised = [each.exc for each in body if isinstance(each, ast.Raise) and each.exc]
    return any(_name_of(each) in REFUSALS or (isinstance(each, ast.Name) and each.id in REFUSALS) for each in raised)


def _is_of_checks(node: ast.Dict) -> bool:
    """Whether each value of a dictionary says what holds, and one at least plainly does."""
    plain = (ast.Compare, ast.BoolOp)
    return all(isinstance(each, (*plain, ast.Call)) for each in node.values) and any(
        isinstance(each, plain) for each in node.values
    )


def _is_column(node: ast.AST) -> bool:
    """`table.c.name`, `Model.name`, `table.columns["name"]`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr in {"c", "columns"}
    if not isinstance(node, ast.Attribute):
        return False
    inner = node.value
    if isinstance(inner, ast.Attribute) and inner.attr == "c":
        return True
    return isinstance(inner, ast.Name) and inner.id in {"User", "UserRole", "TrailEntry", "TrailValue"} and node.attr.islower()


def _is_sql(node: ast.AST) -> bool:
    """Whether a comparison has a column at its left."""
    left: ast.AST = node
    if isinstance(node, ast.Compare):
        left = node.left
    elif isinstance(node, ast.UnaryOp):
        left = node.operand
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        left = node.func.value
    if isinstance(left, ast.Call):
        return any(_is_column(each) for each in ast.walk(left))
    return _is_column(left) or (isinstance(left, ast.Name) and left.id in {"column", "student", "theirs"}) or _is_of_class(left)


def _is_of_class(left: ast.AST) -> bool:
    """`cls.organization_id`, in what is added to every question."""
    return isinstance(left, ast.Attribute) and isinstance(left.value, ast.Name) and left.value.id == "cls"


def _refuses(body: list[ast.stmt]) -> bool:
    """Whether what an `if` leads to is a refusal: an error, nothing, going on with the next."""
    last = body[-1]
    if isinstance(last, ast.Raise | ast.Continue | ast.Break):
        return True
    if any(isinstance(each, ast.Raise) for statement in body for each in ast.walk(statement)):
        return True
    if isinstance(last, ast.Return):
        value = last.value
        empty = isinstance(value, ast.List | ast.Tuple | ast.Dict | ast.Set) and not ast.unparse(value).strip("[](){}")
        return value is None or empty or _name_of(value) in {"false", "Denied", "_answer", "refused", "set"} or _is_nothing(value)
    calls = {_name_of(each) for statement in body for each in ast.walk(statement)}
    return bool(calls & {"not_yours", "stop", "_refuse"})


def _is_nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (not value.value or isinstance(value.value, str))


def _parts(test: ast.expr, *, refuses: bool) -> Iterator[tuple[ast.AST, str]]:
    """The parts of a condition, each of which is a guard: of several that refuse, or that must all hold."""
    together = ast.Or if refuses else ast.And
    if isinstance(test, ast.BoolOp) and isinstance(test.op, together):
        for each in test.values:
            yield from _parts(each, refuses=refuses)
    else:
        yield test, str(not refuses)
