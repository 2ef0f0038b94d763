"""The database: what every model shares, column types, the engine, and the driver for libSQL servers."""

from domain.db import libsql

libsql.register()
