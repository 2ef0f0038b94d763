"""A signed-in person at the app, without a browser: pages run as Streamlit's AppTest, widgets are found by key."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from domain.access.roles import Role
from domain.access.sign_in import issue_ticket, redeem
from pages._shell import state
from pages._shell.catalog import page_of
from tests.conftest import School

MAIN = Path(__file__).parents[2] / "pages" / "_shell" / "main.py"
PROBLEM = '<p class="c-problem" role="alert">'


class Browser:
    """One signed-in session. Every run must end without an exception."""

    def __init__(self, school: School, role: Role | str) -> None:
        self.at = AppTest.from_file(str(MAIN), default_timeout=120)
        self.at.session_state[state.TOKEN] = redeem(issue_ticket(school.people[Role(role)], Role(role)))
        self.at.run()  # Streamlit knows an app's pages once it has run

    def run(self) -> "Browser":
        """Send what was typed, and draw the page anew."""
        self.at.run()
        assert not self.at.exception, [each.value for each in self.at.exception]
        return self

    def open(self, table: str, **query: str) -> "Browser":
        """Follow a link to a table's page."""
        return self.follow(page_of(table).path, table=table, **query)

    def follow(self, path: str, **query: str) -> "Browser":
        """Follow a link to a page."""
        self.at.switch_page(f"../{path}.py")
        self.at.query_params.clear()
        self.at.query_params.update(query)
        return self.run()

    @property
    def query(self) -> dict[str, Any]:
        """What stands in the address behind the path."""
        return dict(self.at.query_params)

    def widgets(self, prefix: str = "") -> dict[str, Any]:
        """The widgets that are drawn, by key."""
        return {each.key: each for each in self.at if isinstance(each, Widget) and each.key and each.key.startswith(prefix)}

    def has(self, key: str) -> bool:
        """Whether something is drawn under a key: a widget or a container."""
        return any(getattr(each, "key", None) == key for each in self.at)

    def put(self, values: Mapping[str, Any]) -> "Browser":
        """Fill widgets in, by key."""
        drawn = self.widgets()
        for key, value in values.items():
            drawn[key].set_value(value)
        return self

    def as_text(self, prefix: str) -> "Browser":
        """Choose to edit JSON as text wherever a form offers a table for it."""
        modes = [key for key in self.widgets(prefix) if key.endswith("-mode")]
        return self.put(dict.fromkeys(modes, "text")).run() if modes else self

    def held(self, key: str) -> Any:
        """What a widget holds."""
        return self.widgets()[key].value

    def click(self, key: str) -> "Browser":
        """Click a button."""
        self.at.button(key=key).click()
        return self.run()

    def problems(self, field: str) -> list[str]:
        """What is said under a field of a form: `rooms-new-name`."""
        found = [each for each in self.at if getattr(each, "key", None) == f"field-{field}"]
        html = [each.value for block in found for each in block if getattr(each, "type", "") == "html"]
        return [said.removesuffix("</p>") for text in html for said in text.split(PROBLEM)[1:]]

    def all_problems(self) -> list[str]:
        """What is said under any field."""
        return [said.removesuffix("</p>") for each in self.at.html for said in each.value.split(PROBLEM)[1:]]

    def said(self) -> list[str]:
        """What the page says in boxes."""
        boxes = (self.at.info, self.at.warning, self.at.error, self.at.success)
        return [re.sub(r"\\(.)", r"\1", each.value) for kind in boxes for each in kind]

    def grid(self, table: str) -> pd.DataFrame:
        """The rows of a table's list, the record's key as index; without columns where it is empty."""
        found = [each.value for each in self.at.dataframe if each.key == f"grid-{table}"]
        frame: pd.DataFrame = found[0] if found else pd.DataFrame()
        return frame

    def mark(self, table: str, keys: list[str]) -> "Browser":
        """Mark rows in a table's list."""
        rows = [list(self.grid(table).index).index(key) for key in keys]
        self.at.session_state[f"grid-{table}"] = {"selection": {"rows": rows, "columns": [], "cells": []}}
        return self.run()

    def text(self) -> str:
        """All words of the page's own HTML and Markdown."""
        return "\n".join(
            str(each.value) for kind in (self.at.html, self.at.markdown, self.at.subheader, self.at.text) for each in kind
        )
