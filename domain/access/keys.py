"""Where this installation's key lies, for what the sign-in seals with it."""

from pathlib import Path

from domain.crypto import installation
from domain.db.engine import DEFAULT_URL, database_url, file_path


def installation_key() -> bytes:
    """The key, made at the first need beside the database's file. Raises KeyMissing."""
    beside = file_path(database_url()) or file_path(DEFAULT_URL) or Path("constela.db")
    return installation.key(beside.with_suffix(".key"))
