"""Tokens that a server refuses, at once or in the middle of a transaction; and that no token shows where people look."""

import logging
import re
import time
import traceback
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from domain.db.engine import make_engine
from domain.db.libsql import dbapi, errors
from domain.kit.errors import DomainError
from tests.engine.servers import HOST, Sqld, free_port, running
from tests.engine.tokens import Signer

LEEWAY_SECONDS = 60  # that a server allows between clocks
SHORT_LIFE = 3


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Iterator[Sqld]:
    """A server that asks for the signer's tokens."""
    with running(tmp_path_factory, jwt_key=signer.public_pem) as server:
        yield server


@pytest.fixture
def notes(guarded: Sqld, signer: Signer) -> None:
    """An empty table."""
    engine = make_engine(guarded.url, auth_token=signer.sign())
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS notes")
        connection.exec_driver_sql("CREATE TABLE notes (word TEXT NOT NULL)")
    engine.dispose()


@pytest.fixture(params=["http", "ws"])
def url(request: pytest.FixtureRequest, guarded: Sqld, notes: None) -> str:
    """The server's URL, with the empty table behind it."""
    return guarded.url.replace("http", request.param)


INSERT, COUNT = text("INSERT INTO notes VALUES ('sol')"), text("SELECT count(*) FROM notes")


def write(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(INSERT)


def count(engine: Engine) -> int:
    with engine.connect().execution_options(libsql_readonly=True) as connection:
        return int(connection.execute(COUNT).scalar_one())


def nonsense(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT nonsense"))


def refusal(error: DBAPIError) -> str:
    """The reason for which the server refuses the token."""
    assert isinstance(error.orig, errors.Unauthorized), error.orig
    return error.orig.reason


@pytest.mark.parametrize("what", ["missing", "invalid", "of another", "expired"])
def test_a_token_that_is_no_good_opens_nothing(url: str, signer: Signer, what: str) -> None:
    tokens = {"missing": None, "invalid": "nonsense", "of another": Signer().sign(), "expired": signer.sign(expires_in=-120)}
    engine = make_engine(url, auth_token=tokens[what])
    for use in (write, count):
        with pytest.raises(DBAPIError) as refused:
            use(engine)
        assert refusal(refused.value) == ("invalid" if what == "of another" else what)
    assert count(make_engine(url, auth_token=signer.sign())) == 0


def test_a_token_for_reading_reads_and_does_not_write(url: str, signer: Signer) -> None:
    engine = make_engine(url, auth_token=signer.sign({"a": "ro"}))
    assert count(engine) == 0
    with pytest.raises(DBAPIError) as refused:
        write(engine)
    with (
        pytest.raises(DBAPIError) as refused_alone,
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.execute(INSERT)
    if url.startswith("http"):
        assert [refusal(refused.value), refusal(refused_alone.value)] == ["forbidden", "forbidden"]
    else:
        # Here the server gives no reason: it ends the WebSocket, and what is told is true of any WebSocket that broke.
        assert [type(each.value.orig) for each in (refused, refused_alone)] == [errors.TransactionLost, errors.OutcomeUnknown]
    assert count(engine) == 0


@pytest.mark.parametrize("step", ["statement", "commit"])
def test_a_token_that_expires_within_a_transaction_saves_nothing(guarded: Sqld, signer: Signer, notes: None, step: str) -> None:
    url = guarded.url  # a WebSocket shows its token once, when it opens
    engine = make_engine(url, auth_token=signer.sign(expires_in=SHORT_LIFE - LEEWAY_SECONDS))
    with engine.connect() as connection:
        connection.execute(INSERT)
        time.sleep(SHORT_LIFE + 1.5)
        steps = {"statement": lambda: connection.execute(INSERT), "commit": connection.commit}
        with pytest.raises(DBAPIError) as refused:
            steps[step]()
        assert refusal(refused.value) == "expired"
        connection.rollback()
    with pytest.raises(DBAPIError) as refused:  # and between transactions
        count(engine)
    assert refusal(refused.value) == "expired"
    other = make_engine(url, auth_token=signer.sign())
    write(other)  # waits until the server has given up the transaction
    assert count(other) == 1


def test_no_token_shows_in_messages_reprs_and_logs(url: str, signer: Signer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "aiohttp", "asyncio", "sqlalchemy"):
        caplog.set_level(logging.DEBUG, name)
    nobody = f"http://{HOST}:{free_port()}"
    good, bad = signer.sign(), Signer().sign()
    shown: list[str] = []
    host = re.sub(r"^\w+://", "", url)
    websocket = "&websocket=true" if url.startswith("ws") else ""
    engines = [
        make_engine(where, auth_token=token) if aside else make_engine(f"{where}/?authToken={token}")
        for where in (url, nobody)
        for token in (good, bad)
        for aside in (True, False)
    ] + [create_engine(f"sqlite+libsql://{host}/?secure=false{websocket}&authToken={token}") for token in (good, bad)]
    for engine in engines:
        shown += [repr(engine), repr(engine.url), str(engine.url), repr(engine.pool), engine.pool.status(), repr(engine.dialect)]
        for use in (write, count, nonsense):
            try:
                use(engine)
            except DBAPIError as error:
                shown += [str(error), repr(error), repr(error.orig), repr(vars(error.orig)), *traceback.format_exception(error)]
        raw = engine.raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        shown += [repr(raw), repr(driver), repr(driver.cluster), repr(driver.cluster.near), repr(driver.cluster.near.address)]
        raw.close()
        engine.dispose()
    for wrong in (
        f"http://{HOST}/?authtoken={good}",
        f"http://{good}@{HOST}/",
        f"http://{HOST}:{good}/",
        f"{good}://{HOST}/",
        f"libsql://?{good}",
    ):
        for connect, kind in ((dbapi.connect, errors.Error), (make_engine, DomainError)):
            with pytest.raises(kind) as refused:
                connect(wrong)
            shown += [str(refused.value), repr(refused.value), *traceback.format_exception(refused.value)]
    shown += [record.getMessage() for record in caplog.records] + [repr(vars(record)) for record in caplog.records]
    assert any("checked out from pool" in each for each in shown), "nothing was logged"
    assert any("POST" in each for each in shown) == url.startswith("http")  # what urllib3 says of each request
    signatures = [token.split(".")[2] for token in (good, bad)]  # head and claims are the same short words for all
    assert [each for each in shown if any(part in each for part in signatures)] == []
