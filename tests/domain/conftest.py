"""Databases that the tests of copies and backups read."""

from pathlib import Path

import pytest

from tests.factories.copies import WORLD, demo_in, made


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A small demo school. Tests read it, or take copies."""
    return demo_in(tmp_path_factory.mktemp("demo"), empty_file)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A database with some of everything that SQLite makes, in no way a school's."""
    return made(tmp_path / "world.db", WORLD)
