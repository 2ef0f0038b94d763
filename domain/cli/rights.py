"""`rights`: the table of rights as Markdown, from the data that decides."""

import argparse
from typing import Any

from domain.access.words import markdown, summary
from domain.cli.terminal import say
from domain.kit.texts import _
from domain.registry import GROUPS

HEAD = """# Who may do what

Rendered from the policies by `python -m domain rights`; a test keeps it so. What isn't said here is refused.
What was meant is written by hand in [security.md](security.md), and tried cell by cell.
"""


def add_to(verbs: Any) -> None:
    """The verb."""
    parser = verbs.add_parser("rights", help=_("write who may do what, as Markdown"))
    parser.add_argument("--short", action="store_true", help=_("in letters, a line for each department"))
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Write the table."""
    say(short() if given.short else page().rstrip("\n"))
    return 0


def short() -> str:
    """The table in letters; the README's, in English."""
    return summary((group.title, group.tables) for group in GROUPS.values())


def page() -> str:
    """The whole page, in the reader's language; docs/rights.md in English."""
    return f"{HEAD}\n{markdown((group.title, group.tables) for group in GROUPS.values())}"
