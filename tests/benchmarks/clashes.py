"""Finding what clashes in a large school's timetable, beside looking at every pair of its meetings."""

import gc
from collections.abc import Iterator
from time import process_time

from domain.operations.clashes import PAIR_RULES
from domain.operations.fitting import clashes
from tests.factories.timetables import every_pair, school, told

SIZES = ((14, 30), (140, 300), (1_000, 5_000))  # classes, weekly meetings
ROUNDS = 7


def run() -> Iterator[str]:
    """A line for each size: the sweep, every pair, and how many times faster the one is than the other."""
    for classes, slots in SIZES:
        board = school(classes, slots)
        began = process_time()
        expected = set(every_pair(board))
        reference = process_time() - began
        times = []
        for _round in range(ROUNDS):
            gc.collect()
            began = process_time()
            found = clashes(board)
            times.append(process_time() - began)
        pairs = told(each for rule in PAIR_RULES for each in rule(board))
        assert pairs == expected, "the two don't agree"
        yield (
            f"  {classes:5,} classes, {slots:5,} weekly meetings, {len(expected):6,} pairs that clash, {len(found):6,} findings: "
            f"{min(times) * 1000:7.1f} ms; every pair {reference * 1000:9.1f} ms; {reference / min(times):6.0f} times faster"
        )
