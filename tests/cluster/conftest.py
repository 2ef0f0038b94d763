"""The browser of the other walks."""

from tests.browser.conftest import browser, pytest_runtest_makereport, window

__all__ = ["browser", "pytest_runtest_makereport", "window"]
