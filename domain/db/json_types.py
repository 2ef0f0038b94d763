"""Column types of JSON: anything, objects, lists, lists of words."""

import json
from typing import Any, ClassVar

from sqlalchemy import JSON

from domain.db.shapes import UNKEPT, Shaped, has_unkept
from domain.kit.texts import N_


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects stand in one another more than so many levels deep."""
    level = [value]
    for _level in range(levels + 1):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


class JsonValue(Shaped):
    """Anything that JSON can say."""

    cache_ok = True
    impl = JSON
    limit: ClassVar[int] = 200_000
    deepest: ClassVar[int] = 100  # levels: what is read back by recursion, here and in a browser, must not run out of stack

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def problem(self, value: Any) -> str | None:
        try:
            size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
        except (TypeError, ValueError, RecursionError):
            return N_("This can't be kept as JSON.")
        if _is_deeper(value, self.deepest):
            return N_("This can't be kept as JSON.")
        return None if size <= self.limit else N_("This is too long.")

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self.impl_instance.coerce_compared_value(op, value)


class JsonObject(JsonValue):
    """A JSON object: names and values."""

    cache_ok = True

    def problem(self, value: Any) -> str | None:
        return super().problem(value) if isinstance(value, dict) else N_('This must be a JSON object, such as {{"a": 1}}.')


class JsonList(JsonValue):
    """A JSON list."""

    cache_ok = True

    def problem(self, value: Any) -> str | None:
        return super().problem(value) if isinstance(value, list) else N_('This must be a JSON list, such as ["a", "b"].')


class Tags(JsonList):
    """A JSON list of words."""

    cache_ok = True
    searchable = True

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            return N_("This must be a list of words.")
        return UNKEPT if any(has_unkept(each) for each in value) else super().problem(value)
