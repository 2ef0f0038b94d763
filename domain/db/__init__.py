"""The database: what every model shares, column types, the engine."""
