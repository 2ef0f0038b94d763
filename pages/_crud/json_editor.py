"""JSON as people can edit it: a list of like objects as a table with rows to add and take away, anything else as text.

Whichever way it is edited, what the form reads is the text under the field's key.
"""

import json
from typing import Any

import pandas as pd
import streamlit as st

from domain.kit.texts import _
from domain.records.fields import Field
from pages._crud.show import is_tabular
from pages._shell import state

TABLE, TEXT = "table", "text"
SUFFIXES = ("-mode", "-table", ".base")  # what the editor keeps beside the field's own key


def draw(field: Field, raw: str, key: str, label: str, help_text: str | None) -> None:
    """The editor of a JSON field; `raw` is its text when the form was opened."""
    value = _parsed(state.value(key, raw))
    columns = _columns(field, value)
    if columns and _mode(field, key) == TABLE:
        _table(value or [], columns, key, label)
        return
    with st.container(key=f"code-{key}"):
        st.text_area(label, raw, key=key, help=help_text, height=180)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return text


def _columns(field: Field, value: Any) -> list[str]:
    """The columns of a table for this value; none if it doesn't fit into one."""
    if is_tabular(value):
        return list(dict.fromkeys([*field.columns, *(name for row in value for name in row)]))
    return list(field.columns) if not value else []


def _mode(field: Field, key: str) -> str:
    words = {TABLE: _("Table"), TEXT: _("Text")}
    chosen = st.segmented_control(
        _("{field}: edit as").format(field=field.label),
        list(words),
        default=TABLE,
        required=True,
        format_func=words.__getitem__,
        key=f"{key}-mode",
        on_change=lambda: state.drop(f"{key}.base", f"{key}-table"),
    )
    return chosen or TABLE


def _table(value: list[dict[str, Any]], columns: list[str], key: str, label: str) -> None:
    base = state.value(f"{key}.base")
    if base is None:
        base = value
        state.put(f"{key}.base", base)
    frame = pd.DataFrame(base, columns=columns, dtype=object if not base else None)
    edited = st.data_editor(frame, key=f"{key}-table", num_rows="dynamic", hide_index=True, alt=label)
    if not edited.equals(frame):
        base = [row for row in (_row(each, base) for each in edited.to_dict("records")) if row]
    state.put(key, json.dumps(base, ensure_ascii=False, indent=2))


def _row(cells: dict[str, Any], base: list[dict[str, Any]]) -> dict[str, Any]:
    """A row without its empty cells; what was typed into an empty table is a number where it reads as one."""
    filled = {name: cell for name, cell in cells.items() if cell is not None and cell == cell}  # noqa: PLR0124 -- NaN
    return {name: _plain(cell, typed=not base) for name, cell in filled.items()}


def _plain(cell: Any, *, typed: bool) -> Any:
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if typed and isinstance(cell, str):
        try:
            return _plain(float(cell.replace(",", ".")), typed=False)
        except ValueError:
            return cell
    return cell
