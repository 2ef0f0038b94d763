"""The database's shape over time: alembic in a package, started by code (`state.py`), with no file of settings beside it."""
