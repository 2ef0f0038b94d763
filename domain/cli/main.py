"""The verbs and their options, and how each one ends."""

import argparse
import os
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

import domain.registry  # noqa: F401 -- every model and right known
from domain.cli import demo, doctor, exchange, integrity, migrate, outbox, rights, transfer, user
from domain.cli.terminal import FOUND_SOMETHING, USAGE, WrongUsage, complain
from domain.db.errors import translate
from domain.kit.errors import DomainError
from domain.kit.texts import _, best_language, set_language


def main(arguments: Sequence[str]) -> int:
    """Run one verb; the exit code."""
    set_language(best_language(os.environ.get("LC_ALL"), os.environ.get("LANG")))
    parser = argparse.ArgumentParser(prog="python -m domain", description=_("Keep a Constela installation."))
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    for module in (migrate, demo, user, exchange, transfer, integrity, outbox, rights, doctor):
        module.add_to(verbs)
    given = parser.parse_args(arguments)
    try:
        code: int = given.run(given)
    except WrongUsage as error:
        complain(str(error))
        return USAGE
    except DomainError as error:
        complain(str(error))
        return FOUND_SOMETHING
    except (SQLAlchemyError, OSError) as error:
        complain(str(translate(error)))
        return FOUND_SOMETHING
    return code
