"""Takes a guard out of the running program: its function's code is replaced by code in which the guard always lets pass.

Nothing is written to a file, and nothing is imported anew.
"""

import ast
import builtins
import gc
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

from sqlalchemy import True_, true

from domain.access.decide import Allowed
from tests.guards.finding import ROOT, Function, Guard, functions_of


class Nothing(dict[str, frozenset[str]]):
    """No column is hidden in any row."""

    def __missing__(self, key: str) -> frozenset[str]:
        return frozenset()

    def values(self) -> Any:
        return [frozenset()]


class Everything(set[str]):
    """Holds whatever it is asked for."""

    def __contains__(self, _name: object) -> bool:
        return True

    def __rsub__(self, _names: object) -> set[str]:
        return set()

    def __bool__(self) -> bool:
        return True


class Known:
    """What the code that takes a guard's place knows by the name `__guards__`."""

    true, Allowed, Nothing, Everything = staticmethod(true), Allowed, Nothing, Everything


builtins.__guards__ = Known  # type: ignore[attr-defined]


class _Replace(ast.NodeTransformer):
    """Puts something in the place of some nodes."""

    def __init__(self, instead: dict[int, Callable[[ast.AST], ast.AST | list[ast.stmt]]]) -> None:
        self.instead = instead

    def visit(self, node: ast.AST) -> Any:
        found = super().generic_visit(node)
        return self.instead[id(node)](found) if id(node) in self.instead else found


def take_out(guard: Guard) -> None:
    """Go on without this guard."""

    def instead(node: ast.AST) -> ast.AST | list[ast.stmt]:
        if not guard.instead:
            return [ast.Pass()]
        found = ast.parse(guard.instead, mode="eval").body
        if any(isinstance(each, ast.Await | ast.Yield | ast.NamedExpr) for each in ast.walk(node)):
            return found
        # What it named stays named, so that functions that were made by this one before can take the new code.
        kept = ast.Lambda(ast.arguments([], [], None, [], [], None, []), node)  # type: ignore[arg-type]
        return ast.Subscript(ast.Tuple([found, kept], ast.Load()), ast.Constant(0), ast.Load())

    _rewrite(guard.file, guard.function, {guard.node: instead})


def say_the_same(guards: Iterable[Guard]) -> None:
    """Rewrite all their functions as they are."""
    for file, function in dict.fromkeys((each.file, each.function) for each in guards):
        _rewrite(file, function, {})


def _holds(value: Any) -> bool:
    try:
        return bool(value)
    except TypeError:  # a condition for the database, which is neither
        return True


# By what takes a guard's place: whether the program would go on otherwise than with this value.
MATTERS: dict[str, Callable[[Any], bool]] = {
    "True": lambda value: not _holds(value),
    "False": _holds,
    "None": lambda value: value is not None,
    "[]": bool,
    "frozenset()": bool,
    "__guards__.Allowed()": lambda value: not value,
    "__guards__.true()": lambda value: not isinstance(value, True_),
}


def count_hits(all_guards: Iterable[Guard], hit: Callable[[int], None]) -> None:
    """Call `hit` with a guard's place in the list whenever the program comes to it, and would go on otherwise without it."""
    all_guards = list(all_guards)
    matters = [MATTERS.get(guard.instead, lambda _value: True) for guard in all_guards]

    def come(at: int, value: Any = None) -> Any:
        if matters[at](value):
            hit(at)
        return value

    builtins.__hit__ = come  # type: ignore[attr-defined]
    by_function: dict[tuple[str, str], dict[int, Callable[[ast.AST], Any]]] = {}
    for at, guard in enumerate(all_guards):
        by_function.setdefault((guard.file, guard.function), {})[guard.node] = _hitting(at)
    for (file, function), instead in by_function.items():
        _rewrite(file, function, instead)


def forget_answers() -> None:
    """What our functions have found before, with the guard in place, is asked anew. The engine is no answer, and stays."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("domain.", "pages.")) and not name.startswith("domain.db.engine"):
            for each in list(vars(module).values()):
                if callable(getattr(each, "cache_clear", None)) and getattr(each, "__module__", "") == name:
                    each.cache_clear()


def _hitting(at: int) -> Callable[[ast.AST], Any]:
    def instead(node: ast.AST) -> Any:
        called = ast.Name("__hit__", ast.Load())
        if isinstance(node, ast.stmt):
            return [ast.Expr(ast.Call(called, [ast.Constant(at)], [])), node]
        return ast.Call(called, [ast.Constant(at), node], [])  # type: ignore[list-item]

    return instead


def _rewrite(file: str, function: str, instead: dict[int, Callable[[ast.AST], Any]]) -> None:
    source = (ROOT / file).read_text("utf-8")
    tree = ast.parse(source)
    node = dict(functions_of(tree))[function]
    wanted = {id(each): instead[at] for at, each in enumerate(ast.walk(node)) if at in instead}
    tree = ast.fix_missing_locations(_Replace(wanted).visit(tree))
    code = _code_of(compile(tree, str(ROOT / file), "exec"), function)
    inner = any(isinstance(each, Function) for each in ast.walk(node) if each is not node)
    for found in _functions_named(file, function):
        if inner:
            _rewrite_made_before(found.__code__, code)
        found.__code__ = code


def _rewrite_made_before(old: CodeType, new: CodeType) -> None:
    """Functions that this one has made and handed out already go on by the new code too."""
    by_code = {id(before): after for before, after in _inner(old, new)}
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and id(each.__code__) in by_code:
            each.__code__ = by_code[id(each.__code__)]


def _inner(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions within both, side by side, those that keep the same names of what is around them."""
    named = [
        [each for each in code.co_consts if isinstance(each, CodeType) and each.co_name.isidentifier()] for code in (old, new)
    ]
    for before, after in zip(*named, strict=False):
        if before.co_name == after.co_name:
            if before.co_freevars == after.co_freevars:
                yield before, after
            yield from _inner(before, after)


def _code_of(code: CodeType, function: str) -> CodeType:
    for part in function.split("."):
        code = next(each for each in reversed(code.co_consts) if isinstance(each, CodeType) and each.co_name == part)
    return code


def _functions_named(file: str, function: str) -> list[Any]:
    """The function itself, under whatever its decorators made of it."""
    found: Any = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    owner = found
    for part in function.split("."):
        owner, found = found, inspect.getattr_static(found, part)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, cached_property):
        found = found.func
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    found = inspect.unwrap(found)
    assert inspect.isfunction(found), (file, function, owner)
    return [found]
