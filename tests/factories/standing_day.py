"""The day of which tests say "today": the one on which they were loaded, also where midnight comes while they run."""

import datetime as dt
import sys

import pytest

from domain.kit import clock

ZONE = clock.zone_of({})
TODAY = clock.today(ZONE)
END = dt.datetime.combine(TODAY, dt.time(23, 59, 59), ZONE).astimezone(dt.UTC)


def stay_within(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the day has turned, have the app's clock stand at its last second; nothing before."""
    if clock.today(ZONE) == TODAY:
        return
    running = clock.now
    for module in [each for name, each in sys.modules.items() if name.startswith(("domain.", "pages."))]:
        if vars(module).get("now") is running:
            monkeypatch.setattr(module, "now", lambda: END)
