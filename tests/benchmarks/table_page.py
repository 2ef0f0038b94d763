"""A table page of 100,000 rows against an empty page in the same frame, and against Streamlit's own empty page."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from streamlit.testing.v1 import AppTest

from pages._shell.state import TOKEN
from tests.benchmarks.school import Statements, database, school_with_leads

ROWS, ROUNDS = 100_000, 15
MAIN = Path(__file__).parents[2] / "pages" / "_shell" / "main.py"
VIEWS = {
    "as it opens": {},
    "filtered": {"f_status": "qualified"},
    "sorted": {"sort": "-name"},
    "searched by a word": {"q": "conceicao"},
    "next page": {"page": "2"},
    "page 1,000": {"page": "1000"},
}


def run() -> Iterator[str]:
    """The medians, as ratios, with the statements of each."""
    with database():
        _school, token = school_with_leads(ROWS)
        statements = Statements()
        bare = AppTest.from_string("import streamlit as st\nst.title('Empty')")
        empty = _page(token, "crm", {"table": "trials"})
        reference, frame = _timed(bare.run), _timed(empty.run)
        statements.take()
        empty.run()
        yield f"Streamlit's empty page: {reference * 1000:.1f} ms; our frame with an empty table: {frame * 1000:.1f} ms"
        yield f"  {frame / reference:.2f} of Streamlit's; {statements.take()} statements"
        for name, query in VIEWS.items():
            page = _page(token, "crm", {"table": "leads", **query})
            took = _timed(page.run)
            statements.take()
            page.run()
            assert not page.exception, page.exception
            asked = statements.take()
            yield f"{ROWS:,} rows, {name}: {took * 1000:.1f} ms, {took / frame:.2f} of the empty table, {asked} statements"


def _page(token: str, path: str, query: dict[str, str]) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.session_state[TOKEN] = token
    page.run()
    for name, value in query.items():
        page.query_params[name] = value
    page.switch_page(f"../{path}.py")
    page.run()
    return page


def _timed(call: Callable[[], object]) -> float:
    call()
    gc.collect()
    gc.disable()
    times = []
    for _round in range(ROUNDS):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    gc.enable()
    return median(times)
