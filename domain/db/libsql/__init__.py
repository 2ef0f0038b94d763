"""libSQL for SQLAlchemy: a DBAPI that speaks Hrana over HTTP (or WebSocket), and the dialect `sqlite+libsql`.

A library by itself: it imports nothing else of this project. From the ground up:

- `errors`      PEP 249's exceptions, and the five ways in which a server can fail a transaction
- `values`      Python values to Hrana's and back
- `address`     what a database URL means
- `statements`  what kind of statement a text is
- `protocol`    requests and answers of Hrana 2 and 3 as plain data
- `trips`       how many round trips were waited for
- `http`        streams over HTTP, tied together by batons
- `websocket`   streams over WebSocket, by the optional package `libsql-client`
- `turns`       writers of one process, one after another
- `cluster`     which server is asked: a near replica for reads, the primary for writes
- `cursor`      statements with their parameters, and their rows
- `connection`  transactions: what rides in which request, and what is told when one is lost
- `dbapi`       the module that PEP 249 asks for
- `dialect`     SQLAlchemy's side

Sources: HRANA_2_SPEC, HRANA_3_SPEC and HTTP_V2_SPEC in the documentation of the libSQL repository.
"""

from sqlalchemy.dialects import registry


def register() -> None:
    """Tell SQLAlchemy what `sqlite+libsql://` is; harmless when said twice."""
    registry.register("sqlite.libsql", "domain.db.libsql.dialect", "LibsqlDialect")
