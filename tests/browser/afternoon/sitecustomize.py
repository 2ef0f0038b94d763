"""Python imports this by itself where this folder is on its path: the program's clock then goes as many seconds ahead as is said.

For looking at a school in the middle of its day, at whatever time one looks; `server.Afternoon` puts it on the path.
"""

import datetime as dt
import os

from domain.kit import clock

AHEAD = dt.timedelta(seconds=float(os.environ["TESTS_CLOCK_AHEAD"]))

clock.now = lambda: dt.datetime.now(dt.UTC) + AHEAD
