"""Where a database stands between its first revision and the program's: asked, moved, compared."""

import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from domain.db.base import Base
from domain.db.engine import engine, make_engine
from domain.db.errors import translate
from domain.kit.errors import DatabaseEmpty, DatabaseNewer, DatabaseOlder, DatabaseUnfinished
from domain.migrations.shape import differences, shape

SCRIPTS = Path(__file__).parent
UNFINISHED = "_copy_progress"  # `domain.transfer` keeps its notes there until a copy is whole


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision that this program is made for."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found
    return found


def current(bind: Engine | None = None) -> str | None:
    """The revision that a database stands at; None for one that holds nothing yet. Takes no write lock.

    Raises DatabaseUnfinished for a copy that was never finished: it may stand at any revision and lack anything.
    """
    try:
        with (bind or engine()).connect().execution_options(libsql_readonly=True) as connection:
            if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = ?", (UNFINISHED,)).scalar():
                raise DatabaseUnfinished
            return MigrationContext.configure(connection).get_current_revision()
    except (SQLAlchemyError, OSError) as error:
        raise translate(error) from error


def upgrade(bind: Engine | None = None) -> tuple[str | None, str]:
    """Bring a database, empty or older, to the program's revision, wholly or not at all: where it stood, where it stands.

    Harmless when run again. Raises DatabaseNewer if the database is beyond the program.
    """
    bind = bind or engine()
    before = current(bind)
    if before is not None and before not in _known():
        raise DatabaseNewer
    if before != head():
        try:
            with bind.connect() as connection:
                command.upgrade(_config(connection), "head")
        except (SQLAlchemyError, OSError) as error:
            raise translate(error) from error
    return before, head()


def ensure_current(bind: Engine | None = None) -> None:
    """Raise DatabaseOlder (DatabaseEmpty for an empty one) or DatabaseNewer, unless the database fits the program."""
    found = current(bind)
    if found == head():
        return
    if found is None and not _shape_of(bind or engine()):
        raise DatabaseEmpty
    raise DatabaseOlder if found is None or found in _known() else DatabaseNewer


def in_step() -> list[str]:
    """What a migrated database has otherwise than the models, in all of `sqlite_master`: a line each, none if in step."""
    import domain.registry  # noqa: F401 -- every model known

    with tempfile.TemporaryDirectory() as folder:
        migrated = make_engine(f"file:{folder}/migrated.db")
        try:
            upgrade(migrated)
            return drift(migrated)
        finally:
            migrated.dispose()


def drift(bind: Engine) -> list[str]:
    """What a database at the program's revision has otherwise than the models: someone's hand, or a hurt file."""
    with tempfile.TemporaryDirectory() as folder:
        created = make_engine(f"file:{folder}/created.db")
        try:
            Base.metadata.create_all(created)
            return differences(_shape_of(bind), _shape_of(created))
        finally:
            created.dispose()


def _shape_of(bind: Engine) -> dict[str, str]:
    with bind.connect().execution_options(libsql_readonly=True) as connection:
        return shape(connection)


def _known() -> set[str]:
    return {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}
