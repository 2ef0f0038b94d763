"""Many keys as one value: SQLite takes some thousands of parameters in a statement, and of a JSON array as many as there are."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select


def listed(keys: Iterable[str]) -> Select[Any]:
    """Keys for `column.in_(…)`, however many there are."""
    return select(func.json_each(json.dumps(list(keys))).table_valued("value").c.value)
