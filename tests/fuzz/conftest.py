"""What the fuzzers share: the planted schools, a seed that is printed, how many tries there are."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.db.engine import engine
from tests.fuzz.planted import Planted, plant

LONG = bool(os.environ.get("CONSTELA_TEST_LONG"))
SEED = int(os.environ.get("CONSTELA_SEED", "0")) or (secrets.randbits(32) if LONG else 20260302)


@pytest.fixture(scope="session")
def seed() -> int:
    """From which all tries are made: printed, so that a failure can be made again."""
    print(f"CONSTELA_SEED={SEED}")
    return SEED


@pytest.fixture(scope="session")
def tries() -> dict[str, int]:
    """How many tries of each kind."""
    return {"routes": 20_000, "questions": 20_000, "pages": 1_500} if LONG else {"routes": 400, "questions": 250, "pages": 18}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[Planted]:
    """Two schools with planted words, in a file which the environment names."""
    path = tmp_path_factory.mktemp("fuzz") / "constela.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        yield plant()
        engine().dispose()
