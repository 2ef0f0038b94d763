"""SQLAlchemy's tests for dialects, all of them; `python_files` of the settings beside it finds them here."""

from sqlalchemy.testing.suite import *  # noqa: F403
