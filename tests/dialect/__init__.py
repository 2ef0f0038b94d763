"""SQLAlchemy's own tests of dialects, run on a libSQL server and beside it on Python's sqlite3."""
