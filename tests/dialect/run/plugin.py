"""Makes a pytest run SQLAlchemy's suite: its plugin, our dialect, and the choice of a sample."""

# ruff: noqa: E402, F403, I001 - the order and the star are how SQLAlchemy's README for dialects has them

import random

import pytest

pytest.register_assert_rewrite("sqlalchemy.testing.assertions")

import domain.db  # noqa: F401 - registers the dialect
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.testing.plugin import pytestplugin
from sqlalchemy.testing.plugin.pytestplugin import *
from sqlalchemy.testing.provision import post_configure_engine


def pytest_addoption(parser: pytest.Parser) -> None:
    """SQLAlchemy's options, and ours."""
    pytestplugin.pytest_addoption(parser)
    parser.addoption("--sample", default="", help="SEED:COUNT, so many of the suite's classes, chosen by the seed")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]):
    """Leave only the sample's classes, once SQLAlchemy has made its items."""
    yield
    pytestplugin.pytest_collection_modifyitems(config=config, items=items, session=items[0].session)
    if sample := config.getoption("--sample"):
        seed, count = map(int, sample.split(":"))
        classes = sorted({each.cls.__name__.partition("_sqlite+")[0] for each in items})
        chosen = set(random.Random(seed).sample(classes, count))
        items[:] = [each for each in items if each.cls.__name__.partition("_sqlite+")[0] in chosen]


@post_configure_engine.for_db("sqlite")
def _configure(url: URL, engine: Engine, follower_ident: str | None) -> None:
    """No schema beside the main one, which a server can't have; foreign keys not watched, as the suite expects of SQLite."""

    @event.listens_for(engine, "connect")
    def _connected(connection, _record) -> None:
        connection.cursor().execute("PRAGMA foreign_keys=OFF")
