"""The tests of SQLAlchemy's suite that pass on sqlite3 and can't on a libSQL server: their names, and the server's reason."""

DIFFERENCES = {
    "ComponentReflectionTestExtra::test_check_constraint_*[[]True*": "tables in another database: a server refuses ATTACH",
    "NumericTest::test_infinity_floats": "JSON holds no infinity; the driver refuses it rather than lose it",
    "IsolationLevelTest::test_dialect_user_setting_is_restored": "no READ UNCOMMITTED: clients of a server share no cache",
    "IsolationLevelTest::test_non_default_isolation_level": "no READ UNCOMMITTED: clients of a server share no cache",
}
"""By a test's class and name, with the signs of fnmatch."""
