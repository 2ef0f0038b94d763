"""Write the first revision's statements anew from the models: `python -m domain.migrations.freeze`.

Only while nothing has been released: from then on, databases stand on the frozen file, and the models move by new revisions.
"""

import re
import sys
from itertools import groupby

from sqlalchemy import create_mock_engine
from sqlalchemy.sql.ddl import DDLElement

import domain.registry  # noqa: F401 -- every model known
from domain.db.base import Base
from domain.migrations.state import SCRIPTS

FROZEN = SCRIPTS / "versions" / "0001_ground.sql"
INDEX = re.compile(r"CREATE (UNIQUE )?INDEX ")
SEPARATOR = "\n-- next\n"  # a trigger holds semicolons, so they can't be what parts statements


def statements() -> list[str]:
    """What `create_all` says to an empty SQLite database, one statement each; the indexes of a table by name."""
    said: list[str] = []

    def keep(element: DDLElement, *_parameters: object, **_options: object) -> None:
        text = str(element.compile(dialect=recorder.dialect))
        said.append("\n".join(line.rstrip() for line in text.strip().replace("\t", "    ").splitlines()))

    recorder = create_mock_engine("sqlite://", keep)
    Base.metadata.create_all(recorder, checkfirst=False)
    # A table keeps its indexes in a set: without an order of its own, the file would differ from run to run.
    runs = [list(run) for _is_index, run in groupby(said, key=lambda text: bool(INDEX.match(text)))]
    return [text for run in runs for text in (sorted(run) if INDEX.match(run[0]) else run)]


def main() -> None:
    """Write the file and say how much it holds."""
    found = statements()
    FROZEN.write_text(SEPARATOR.join(found) + "\n", encoding="utf-8")
    sys.stdout.write(f"{FROZEN.name}: {len(found)} statements\n")


if __name__ == "__main__":
    main()
