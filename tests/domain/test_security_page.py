"""The page on security says for each requirement which test shows it, and those tests are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(test_\w+)`")
LINES = [match.groups() for match in LINE.finditer(PAGE)]
# OWASP ASVS 5.0.0: how many requirements of levels 1 and 2 each chapter has.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}


def test_every_requirement_of_levels_one_and_two_has_one_line() -> None:
    ids = [line[0] for line in LINES]
    assert len(ids) == len(set(ids))
    counted = {chapter: sum(each.startswith(f"{chapter}.") for each in ids) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    assert len(ids) == 253


@pytest.mark.parametrize(("requirement", "answer"), [(line[0], line[3]) for line in LINES])
def test_each_is_shown_by_a_test_or_says_why_not(requirement: str, answer: str) -> None:
    assert TEST.search(answer) or answer.startswith(("Not met", "Does not apply: ", "By reading: ")), requirement


def test_the_tests_that_the_page_names_exist() -> None:
    there = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    written = set(re.findall(r"def (test_\w+)", there))
    named = set(TEST.findall(PAGE))
    assert named - written == set()
    assert len(named) > 100


def test_the_documents_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`((?:docs|domain|pages|tests)/[\w./]+)`", PAGE))
    assert {each for each in named if not (ROOT / each).exists()} == set()
