"""Servers that the engine's tests share, and a database for each test."""

import secrets
from collections.abc import Iterator

import pytest
import urllib3

from tests.engine.servers import Sqld, running


@pytest.fixture(scope="session")
def sqld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    """One server with one database, shared by all tests of a worker: don't stop it, and name your own tables."""
    with running(tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="session")
def namespace_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    """One server with namespaces, shared by all tests of a worker: don't stop it, and make namespaces of your own."""
    with running(tmp_path_factory, namespaces=True) as server:
        yield server


@pytest.fixture
def namespace(namespace_server: Sqld) -> Iterator[str]:
    """The name of an empty database on the server with namespaces, which ends with the test."""
    name = f"test-{secrets.token_hex(6)}"
    namespace_server.create_namespace(name)
    yield name
    namespace_server.drop_namespace(name)


@pytest.fixture
def fresh_server_url(namespace_server: Sqld, namespace: str) -> str:
    """The URL (http, with `?namespace=`) of an empty database of the test's own."""
    return f"{namespace_server.url}/?namespace={namespace}"


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    """A client that never asks twice."""
    with urllib3.PoolManager(retries=False, timeout=10.0) as manager:
        yield manager
