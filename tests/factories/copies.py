"""What the tests of copies need on both sides: a small demo school in a file, and a copy that is killed on its way."""

import shutil
from pathlib import Path

import pytest

from domain.db.engine import engine

# Copies a database and is killed, as by a power cut, when so many batches are under way.
KILLED = """
import os, signal, sys
from domain.transfer.copy import copy
from domain.transfer.place import Place
seen = 0
def count(share, word):
    global seen
    seen += 0.1 <= share < 0.9
    if seen > int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
copy(Place(sys.argv[1]), Place(sys.argv[2]), progress=count)
"""


def demo_in(folder: Path, empty_file: Path) -> Path:
    """A small demo school in a file of this folder."""
    from domain.demo import load

    path = folder / "demo.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        load(students=12)
        engine().dispose()
    return path
