"""What a database URL means, and that a wrong one is told without repeating it: it may hold a token."""

from typing import Any

import pytest
from sqlalchemy import URL, make_url
from sqlalchemy.engine import create_engine

from domain.db.libsql import dbapi, errors
from domain.db.libsql.address import Address, parse
from domain.db.libsql.dialect import LibsqlDialect
from domain.db.libsql.trips import counted
from tests.engine.servers import Sqld

SECRET = "eyJhbGciOiJFZERTQSJ9.secret"

MEANINGS = {
    "libsql://school.example.com": Address("https", "school.example.com"),
    "libsql://school.example.com:8443": Address("https", "school.example.com", 8443),
    "libsql://127.0.0.1:8080?tls=0": Address("http", "127.0.0.1", 8080),
    "libsql://127.0.0.1:8080?tls=1": Address("https", "127.0.0.1", 8080),
    "https://school.example.com/": Address("https", "school.example.com"),
    "https://example.com/databases/school/": Address("https", "example.com", path="/databases/school"),
    "http://localhost:8080": Address("http", "localhost", 8080),
    "HTTP://LOCALHOST:8080": Address("http", "localhost", 8080),
    "ws://localhost:8080": Address("ws", "localhost", 8080),
    "wss://school.example.com": Address("wss", "school.example.com"),
    "http://[::1]:8080": Address("http", "::1", 8080),
    "http://localhost:8080/?namespace=aurora": Address("http", "localhost", 8080, namespace="aurora"),
}

WRONG = {
    "no scheme": f"school.example.com?authToken={SECRET}",
    "another scheme": f"postgresql://school.example.com?authToken={SECRET}",
    "a file": "file:school.db",
    "no host": f"libsql://?authToken={SECRET}",
    "only a port": f"http://:8080?authToken={SECRET}",
    "a port that is none": f"http://localhost:many?authToken={SECRET}",
    "a port too high": f"http://localhost:99999?authToken={SECRET}",
    "a token as a user": f"https://{SECRET}@school.example.com",
    "a user and a password": f"https://somebody:{SECRET}@school.example.com",
    "an unknown option": f"https://school.example.com?token={SECRET}",
    "an option without a value": "https://school.example.com?authToken",
    "a space": f"https://school.example.com /?authToken={SECRET}",
    "an end of line": f"https://school.example.com\n?authToken={SECRET}",
    "half of an address": f"http://[::1?authToken={SECRET}",
    "nothing": "",
}


@pytest.mark.parametrize("url", MEANINGS)
def test_a_url_means_an_address(url: str) -> None:
    assert parse(url) == (MEANINGS[url], None)


def test_a_url_may_carry_a_token_which_no_address_shows() -> None:
    address, token = parse(f"libsql://school.example.com?authToken={SECRET}")
    assert token == SECRET
    assert address.url == "https://school.example.com"
    assert SECRET not in repr(address)
    assert SECRET not in repr(dbapi.connect(f"libsql://school.example.com?authToken={SECRET}"))


@pytest.mark.parametrize("url", WRONG.values(), ids=WRONG)
def test_a_wrong_url_is_told_and_not_repeated(url: str) -> None:
    for refused in (parse, dbapi.connect):
        with pytest.raises(errors.BadAddress) as raised:
            refused(url)
        assert SECRET not in str(raised.value)
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__ or raised.value.__context__ is None
    with pytest.raises(errors.BadAddress):
        dbapi.connect("http://localhost:8080", primary_url=url or "nowhere")


@pytest.mark.parametrize(
    ("address", "url", "host"),
    [
        (Address("http", "::1", 8080), "http://[::1]:8080", None),
        (Address("http", "localhost", 8080, namespace="aurora"), "http://localhost:8080", "aurora.localhost:8080"),
        (Address("https", "example.com", path="/school", namespace="aurora"), "https://example.com/school", "aurora.example.com"),
    ],
)
def test_an_address_says_where_to_ask_and_for_which_database(address: Address, url: str, host: str | None) -> None:
    assert (address.url, address.host_header) == (url, host)


# SQLAlchemy's URLs


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("sqlite+libsql://school.example.com", "https://school.example.com"),
        ("sqlite+libsql://school.example.com/?secure=true", "https://school.example.com"),
        ("sqlite+libsql://127.0.0.1:8080/?secure=false", "http://127.0.0.1:8080"),
        ("sqlite+libsql://127.0.0.1:8080/?secure=false&websocket=true", "ws://127.0.0.1:8080"),
        ("sqlite+libsql://school.example.com/?websocket=1", "wss://school.example.com"),
        ("sqlite+libsql://[::1]:8080/?secure=0", "http://[::1]:8080"),
        ("sqlite+libsql://example.com/databases/school", "https://example.com/databases/school"),
    ],
)
def test_sqlalchemys_url_becomes_the_drivers(url: str, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TURSO_AUTH_TOKEN", raising=False)
    given, options = LibsqlDialect().create_connect_args(make_url(url))
    assert given == [asked]
    assert {name: each for name, each in options.items() if each is not None} == {}
    assert dbapi.connect(*given, **options).cluster.near.address.url == asked


def test_options_of_sqlalchemys_url_are_the_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURSO_AUTH_TOKEN", "of the environment")
    url = URL.create(
        "sqlite+libsql", host="near.example.com", query={"namespace": "aurora", "connect_timeout": "2", "read_timeout": "7"}
    )
    expected: dict[str, Any] = {"auth_token": "of the environment", "namespace": "aurora", "primary_url": None}
    expected |= {"connect_timeout": 2.0, "read_timeout": 7.0}
    assert LibsqlDialect().create_connect_args(url)[1] == expected
    own = url.update_query_dict({"authToken": SECRET})
    assert LibsqlDialect().create_connect_args(own)[1]["auth_token"] == SECRET


@pytest.mark.parametrize(
    "url",
    [
        f"sqlite+libsql://example.com/?secure=perhaps&authToken={SECRET}",
        f"sqlite+libsql://example.com/?websocket=perhaps&authToken={SECRET}",
        f"sqlite+libsql:///?authToken={SECRET}",
        f"sqlite+libsql:///school.db?authToken={SECRET}",
        f"sqlite+libsql://example.com/?auth_token={SECRET}",
        f"sqlite+libsql://example.com/?read_timeout=long&authToken={SECRET}",
        f"sqlite+libsql://example.com/?connect_timeout=0&authToken={SECRET}",
        f"sqlite+libsql://example.com/?connect_timeout=nan&authToken={SECRET}",
    ],
)
def test_a_wrong_url_of_sqlalchemys_is_told_and_not_repeated(url: str) -> None:
    with pytest.raises(errors.BadAddress) as raised:
        LibsqlDialect().create_connect_args(make_url(url))
    assert SECRET not in str(raised.value)


def test_a_primary_is_named_by_host_and_port() -> None:
    url = make_url("sqlite+libsql://near.example.com/?primary=far.example.com:8443")
    given, options = LibsqlDialect().create_connect_args(url)
    cluster = dbapi.connect(*given, **options).cluster
    assert cluster.near.address == Address("https", "near.example.com")
    assert cluster.writer.address == Address("https", "far.example.com", 8443)


# On a server


@pytest.mark.parametrize("websocket", ["false", "true"])
def test_an_engine_is_made_without_asking_and_reads_in_one_trip(sqld: Sqld, websocket: str) -> None:
    at = sqld.url.removeprefix("http://")
    with counted() as trips:
        engine = create_engine(f"sqlite+libsql://{at}/?secure=false&websocket={websocket}")
        with engine.connect().execution_options(libsql_readonly=True) as connection:
            assert trips.count == 0
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
        assert trips.count == 1
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            assert connection.exec_driver_sql("SELECT 2").scalar_one() == 2
        assert trips.count == 2
    engine.dispose()


@pytest.mark.parametrize("scheme", ["http", "ws"])
def test_databases_of_one_server_are_told_apart(namespace_server: Sqld, namespace: str, scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{namespace_server.port}"
    other = f"{namespace}-other"
    namespace_server.create_namespace(other)
    try:
        for each in (namespace, other):
            with dbapi.connect(url, namespace=each) as connection:
                connection.execute("CREATE TABLE names (name TEXT)")
                connection.execute("INSERT INTO names VALUES (?)", (each,))
        for each in (namespace, other):
            with dbapi.connect(f"{url}?namespace={each}") as connection:
                assert connection.execute("SELECT name FROM names").fetchall() == [(each,)]
    finally:
        namespace_server.drop_namespace(other)
