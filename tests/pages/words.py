"""What a person can read on a page, taken from everything that is sent to the browser; and which of it is still English."""

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

import pandas as pd
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

from domain.kit.texts import CATALOGUES

# Names of fields that a program reads: keys, addresses, settings of widgets.
NOT_WORDS = {
    "id", "key", "user_key", "form_id", "group_id", "element_id", "data_id", "command_id", "page_script_hash", "default_page",
    "url_pathname", "script_path", "page", "icon", "url", "type", "format", "language", "autocomplete", "query_string", "step",
    "theme", "config", "position", "active_script_hash", "color", "trigger", "cssclass", "file_url", "input_mode", "path",
    "raw_values", "default", "value_type", "json_schema", "width_config", "query_param_key", "arrow_ui", "size", "mode",
}  # fmt: skip
LONG = 3  # words from which a text is looked for inside others too


def read(at: AppTest) -> Iterator[str]:
    """Every piece of text on the page, as it is sent."""
    for each in at:
        if isinstance(getattr(each, "value", None), pd.DataFrame):
            yield from _cells(each.value)
        proto = getattr(each, "proto", None)
        if hasattr(proto, "ListFields"):
            yield from _of_message(proto)


def _cells(frame: pd.DataFrame) -> Iterator[str]:
    yield from (str(name) for name in frame.columns)
    for _row, values in frame.iterrows():
        yield from (cell for cell in values if isinstance(cell, str))


def _of_message(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name not in NOT_WORDS:
            yield from _of_value(value)


def _of_value(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _of_text(value)
    elif hasattr(value, "ListFields"):
        yield from _of_message(value)
    elif isinstance(value, dict) or hasattr(value, "items"):
        for name, each in value.items():
            if name not in NOT_WORDS:
                yield from _of_value(each)
    elif hasattr(value, "__iter__") and not isinstance(value, bytes):
        for each in value:
            yield from _of_value(each)


def _of_text(text: str) -> Iterator[str]:
    """A text, or the texts in a figure or in settings that are sent as JSON."""
    if text[:1] in {"{", "["}:
        try:
            yield from _of_value(json.loads(text))
        except ValueError:
            pass
        else:
            return
    yield text


def pieces(text: str) -> list[str]:
    """A text's parts as a person sees them: without tags and signs of Markdown, apart where it is set apart."""
    if re.search(r"<(style|script)\b", text):
        return []
    bare = html.unescape(re.sub(r"<[^>]*>", "\n", text))
    bare = re.sub(r":material/\w+:|:[a-z-]+\[|\*\*", "", bare)
    bare = re.sub(r"\\([^\w\s])", r"\1", bare).removesuffix(" *")
    found = [part.strip(" :]") for part in re.split(r"\n| · ", bare)]
    return [part for part in found if part]


@cache
def english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...], tuple[str, ...]]:
    """The English texts that Portuguese says otherwise: plain ones, ones with places to fill in, and long ones."""
    with (CATALOGUES / "pt_BR" / "LC_MESSAGES" / "constela.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="pt_BR") if message.id]
    pairs = [(message.id, message.string) for message in messages if isinstance(message.id, str)]
    for message in messages:
        if isinstance(message.id, tuple):
            pairs += zip(message.id, message.string, strict=True)
    both = {said for _source, said in pairs}
    sources = [source for source, _said in pairs if source not in both]
    plain = frozenset(source.strip(" :") for source in sources if "{" not in source)
    filled = tuple(re.compile(_pattern(source)) for source in sources if "{" in source)
    return plain, filled, tuple(source for source in plain if len(source.split()) >= LONG)


def _pattern(source: str) -> str:
    parts = Formatter().parse(source)
    return "".join(re.escape(before) + (".+" if name is not None else "") for before, name, _spec, _conversion in parts)


def english_in(at: AppTest) -> set[str]:
    """The pieces of a page that are still English."""
    plain, filled, long = english()
    found = set()
    for piece in {piece for text in read(at) for piece in pieces(text)}:
        if piece in plain or any(each.fullmatch(piece) for each in filled) or any(each in piece for each in long):
            found.add(piece)
    return found
