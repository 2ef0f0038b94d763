"""The tests that are run without a guard. Which of them come to it is found by running them once."""

TESTS = [
    "tests/domain/access",
    "tests/domain/records",
    "tests/domain/supervision",
    "tests/domain/test_rights_matrix.py",
    "tests/domain/test_trail.py",
    "tests/domain/test_trail_integrity.py",
    "tests/domain/test_trail_reading.py",
    "tests/domain/test_two_schools.py",
    "tests/pages/test_at_the_door.py",
    "tests/pages/test_kept_records.py",
    "tests/pages/test_network.py",
    "tests/pages/test_reset_link.py",
    "tests/pages/test_rights.py",
    "tests/pages/test_rights_in_pages.py",
    "tests/pages/test_security.py",
    "tests/pages/test_sign_in.py",
]
