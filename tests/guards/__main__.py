"""`python -m tests.guards`: take each guard out in turn and see that a test fails; those that nobody misses are listed.

python -m tests.guards                all of them; goes on where it was broken off (build/guards/results.json)
python -m tests.guards --again        all of them, from the beginning
python -m tests.guards --only uow.py  those whose place holds one of these words, parted by commas
python -m tests.guards --tests FILES  by these tests alone, which is quick: what they miss is kept as missed, the rest is left
python -m tests.guards --with-reasons those as well of which equivalent.py says why nobody misses them: is it still so?
python -m tests.guards --list         what would be taken out
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import domain.registry  # noqa: F401
from tests.guards.doors import Door, doors
from tests.guards.equivalent import reason_for
from tests.guards.finding import ROOT, Guard, guards
from tests.guards.policies import noticed, two_schools, widenings
from tests.guards.running import KILLED, SURVIVED, TIMED_OUT, UNDECIDED, UNREACHED, Verdict, run
from tests.guards.tests_of import TESTS

BUILD = ROOT / "build" / "guards"
KILLERS = Path(__file__).parent / "killers.json"


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m tests.guards")
    given.add_argument("--again", action="store_true")
    given.add_argument("--list", action="store_true")
    given.add_argument("--only", default="")
    given.add_argument("--keys", nargs="*", default=[], help="these, each by the test that missed it last; nothing is kept")
    given.add_argument("--tests", nargs="*", default=[], help="these tests instead of all")
    given.add_argument("--jobs", type=int, default=1)
    given.add_argument("--budget", type=float, default=0.0, help="seconds of work for each; what needs more is left undecided")
    given.add_argument("--skip-policies", action="store_true")
    given.add_argument("--with-reasons", action="store_true", help="also those that stand in equivalent.py")
    asked = given.parse_args()
    everything = [*guards(), *doors()]
    if asked.keys:
        return _by_last_killer([each for each in everything if each.key in asked.keys])
    wanted = [each for each in everything if any(word in str(each) for word in asked.only.split(","))]
    wider = (
        [each for each in widenings() if any(word in str(each) for word in asked.only.split(","))]
        if not asked.skip_policies
        else []
    )
    if asked.list:
        print("\n".join(str(each) for each in [*wanted, *wider]))
        return 0
    results = Results(BUILD / "results.json", again=asked.again, partly=bool(asked.tests))
    if asked.again:
        for each in BUILD.glob("coverage*.json"):
            each.unlink()

    def to_try(each: Any) -> bool:
        return each.key not in results.kept and (asked.with_reasons or not reason_for(each.key))

    _try_policies([each for each in wider if to_try(each)], results)
    left = [each for each in wanted if to_try(each)]
    if left:
        hints = json.loads(KILLERS.read_text()) if KILLERS.exists() else {}
        hints |= {key: each.by for key, each in results.before.items() if each.by.startswith("tests/")}
        results.left = len(left)
        about = "-".join(sorted(Path(each).stem for each in asked.tests))
        coverage, tests = BUILD / f"coverage{about}.json", asked.tests or TESTS
        left.sort(key=lambda each: each.key in hints)  # those first of which nothing is known
        chances = {"jobs": asked.jobs, "budget": asked.budget}
        run(left, tests, covered=everything, coverage=coverage, hints=hints, keep=results.add, **chances)
    return _told({each.key: str(each) for each in [*wanted, *wider]}, results)


def _by_last_killer(chosen: list[Guard | Door]) -> int:
    """Take these out, each with the one test that missed it when all were; 1 if one isn't missed any more."""
    known, found = json.loads(KILLERS.read_text()), list[Verdict]()
    tests = sorted({known[each.key].split("[")[0] for each in chosen})
    run(chosen, tests, coverage=None, hints=known, keep=found.append)
    missed = [each for each in found if each.outcome in {SURVIVED, UNREACHED}]
    print("\n".join(f"{each.outcome}: {each.key}" for each in missed))
    return 1 if missed or len(found) < len(chosen) else 0


class Results:
    """What became of each guard, kept in a file as it comes. `partly`: what no test missed isn't kept, since not all were run."""

    def __init__(self, path: Path, *, again: bool, partly: bool = False) -> None:
        self.path, self.left, self.partly = path, 0, partly
        self.undecided: dict[str, Verdict] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        self.before = {each.key: each for each in (Verdict(**json.loads(line)) for line in lines)}
        self.kept = {} if again else dict(self.before)
        self.file = path.open("w" if again else "a")

    def add(self, verdict: Verdict) -> None:
        self.left -= 1
        if verdict.outcome == UNDECIDED or (self.partly and verdict.outcome in {SURVIVED, UNREACHED}):
            self.undecided[verdict.key] = verdict
            print(f"{self.left} left: UNDECIDED after {verdict.tests} tests: {verdict.key[:160]}", file=sys.stderr)
            return
        self.kept[verdict.key] = verdict
        self.file.write(json.dumps(asdict(verdict)) + "\n")
        self.file.flush()
        mark = "" if verdict.outcome == KILLED else f" {verdict.outcome.upper()}"
        print(f"{self.left} left, {verdict.seconds:.1f} s:{mark} {verdict.key[:110]} < {verdict.by[-70:]}", file=sys.stderr)


def _try_policies(wider: list, results: Results) -> None:  # type: ignore[type-arg]
    if not wider:
        return
    results.left = len(wider)
    with two_schools() as world:
        for each in wider:
            began = time.monotonic()
            told = noticed(world, each)
            results.add(Verdict(each.key, KILLED if told else SURVIVED, told, 1, round(time.monotonic() - began, 2)))


def _told(names: dict[str, str], results: Results) -> int:
    """The numbers, and the survivors; 1 if there are any without a reason."""
    found = [results.kept[key] for key in names if key in results.kept]
    lived = [each for each in found if each.outcome in {SURVIVED, UNREACHED}]
    others = [each for each in lived if not reason_for(each.key)]
    missed = [each for each in found if each not in lived]
    by_reason = [key for key in names if key not in results.kept and reason_for(key)]
    undecided = [each for key, each in results.undecided.items() if key in names and key not in by_reason]
    untried = len(names) - len(found) - len(by_reason) - len(undecided)
    _remember(missed)
    ended = sum(each.outcome == TIMED_OUT for each in found)
    print(f"{len(names)} guards found, {len(found)} taken out, {len(missed)} missed by a test ({ended} never ended)")
    print(f"{len(lived) - len(others)} survivors that change nothing, each with its reason; {len(others)} others:")
    for each in others:
        print(f"  {names[each.key]} ({each.outcome}, {each.tests} tests)")
    print(f"{len(by_reason)} not taken out, for they have a reason (--with-reasons tries them); {untried} not come to yet")
    print(f"{len(undecided)} undecided: no test failed, and tests were left:")
    for each in undecided:
        print(f"  {names[each.key]} ({each.tests} tests, {each.seconds:.0f} s)")
    wrong = [each for each in missed if reason_for(each.key)]
    if wrong:
        print(f"{len(wrong)} have a reason, and yet a test misses them: is the reason still true?")
        print("\n".join(f"  {names[each.key]} < {each.by}" for each in wrong))
    return 1 if others or undecided or untried else 0


def _remember(missed: list[Verdict]) -> None:
    """Keep which test missed each guard: the quick way to ask again."""
    killers = {each.key: each.by for each in missed if each.outcome == KILLED and each.by.startswith("tests/")}
    if killers:
        before = json.loads(KILLERS.read_text()) if KILLERS.exists() else {}
        KILLERS.write_text(json.dumps({**before, **killers}, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(main())
