"""The rule of five, against someone who sees every figure and reckons; nothing here needs a database."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.figures import Fact, Person
from domain.figures import facts, questions
from domain.figures.questions import ALERTS, ATTENDANCE, ENROLLED, LEVELS, QUESTIONS, TOOLBOX, Answer, Teaching, answer
from domain.figures.rules import Band, Figure, Releases, figure, joined
from tests.domain.figures.attacker import FIVE, wins

MONTHS = [f"2026-{number:02d}" for number in range(1, 7)]
LAST, IN_PROGRESS = MONTHS[-1], "2026-07"
TERMS, COURSES = ("t1", "t2", "t3"), ("english", "ai")
TEACHING = Teaching(
    {term: term for term in TERMS},
    TERMS,
    TERMS,
    {each: each for each in COURSES},
    {each: {f"{each}-A{n}": f"A{n}" for n in (1, 2, 3)} for each in COURSES},
)
BY_NAME = {each.name: each for each in QUESTIONS}


def people(*sizes: int) -> list[int]:
    """Groups of so many people each, nobody in two of them."""
    found, start = [], 0
    for size in sizes:
        found.append(((1 << size) - 1) << start)
        start += size
    return found


def told(question: str, nameless: Sequence[Person]) -> Answer:
    return answer(BY_NAME[question], nameless, LAST, TEACHING)


# By hand.


@pytest.mark.parametrize(("count", "at_least"), [(0, 0), (1, 0), (4, 0), (5, 5), (9, 5), (10, 10), (14, 10), (15, 15), (99, 95)])
def test_people_are_counted_in_whole_fives_and_fewer_than_five_like_nobody(count: int, at_least: int) -> None:
    assert figure(Releases(), "2026-03", ("",), people(count)[0]).at_least == at_least


def test_small_groups_are_put_together_with_the_smallest_of_the_others() -> None:
    yellow, orange, red, green = people(12, 6, 1, 9)
    found = joined([("green", green), ("yellow", yellow), ("orange", orange), ("red", red)])
    assert found == [(("green",), green), (("yellow",), yellow), (("orange", "red"), orange | red)]


def test_a_group_that_nobody_is_in_is_put_together_like_one_that_somebody_is_in() -> None:
    for red in (0, 1, 4):
        parts = people(12, 6, red)
        assert [names for names, _people in joined(list(zip("yor", parts, strict=True)))] == [("y",), ("o", "r")]


def test_small_groups_that_are_five_together_still_hide_behind_a_larger_one() -> None:
    """Five people in b and c, both small: were they told by themselves, each would surely have somebody in it."""
    assert [names for names, _people in joined(list(zip("abc", people(9, 2, 3), strict=True)))] == [("a", "b", "c")]


def test_groups_of_five_or_more_stand_by_themselves() -> None:
    assert [names for names, _people in joined(list(zip("abc", people(9, 5, 7), strict=True)))] == [("a",), ("b",), ("c",)]


def test_a_whole_of_fewer_than_five_is_told_as_one_and_not_counted() -> None:
    ((names, group),) = joined(list(zip("ab", people(2, 2), strict=True)))
    assert names == ("a", "b")
    assert not figure(Releases(), "2026-03", names, group).is_told


def test_a_group_that_differs_by_fewer_than_five_from_one_told_before_is_told_as_that_one() -> None:
    releases = Releases()
    nine, fourteen = people(9)[0], people(14)[0]
    ten = people(10)[0]
    assert figure(releases, "2026-03", ("",), nine).at_least == 5
    assert figure(releases, "2026-04", ("",), ten).at_least == 5  # one person more
    assert figure(releases, "2026-05", ("",), fourteen).at_least == 10  # five more than in March
    assert figure(releases, "2026-06", ("",), ten).at_least == 5  # nearest to March
    assert releases.given == [nine, fourteen]


def test_four_people_are_not_told_even_when_a_group_that_nearly_is_theirs_was() -> None:
    releases = Releases()
    assert figure(releases, "2026-03", ("",), people(5)[0]).at_least == 5
    assert figure(releases, "2026-04", ("",), people(4)[0], {1 << at: 1.0 for at in range(4)}) == Figure("2026-04", ("",), 0)


def test_a_mean_is_told_of_whole_groups_only() -> None:
    """A mean of nine of ten people beside one of ten would tell of the tenth."""
    some = {1 << at: 0.5 for at in range(9)}
    assert figure(Releases(), "2026-03", ("",), people(9)[0], some).share == Band(40, 60)
    assert figure(Releases(), "2026-03", ("",), people(10)[0], some).share is None


@pytest.mark.parametrize(
    ("share", "at_least", "band"),
    [
        (0.0, 5, Band(0, 20)),
        (1.0, 10, Band(80, 100)),
        (1.0, 15, Band(90, 100)),
        (0.0, 15, Band(0, 10)),
        (0.83, 15, Band(80, 90)),
        (0.83, 5, Band(80, 100)),
        (0.6, 5, Band(60, 80)),
    ],
)
def test_a_mean_is_told_in_bands_wider_for_few_people(share: float, at_least: int, band: Band) -> None:
    assert Band.around(share, at_least) == band


def test_a_month_in_progress_is_not_told() -> None:
    nameless = [(Fact(LAST), Fact(IN_PROGRESS)) for _person in range(9)]
    assert told(ATTENDANCE, nameless).moments == [LAST]


def test_of_several_levels_in_a_month_a_person_counts_in_the_highest() -> None:
    nameless = [(Fact(LAST, "orange"), Fact(LAST, "yellow"), Fact(LAST, "red")) for _person in range(5)]
    nameless += [(Fact(LAST, "yellow"),) for _person in range(5)] + [(Fact(LAST, "orange"),) for _person in range(5)]
    assert [(each.groups, each.at_least) for each in told(ALERTS, nameless).figures] == [
        (("orange",), 5),
        (("red",), 5),
        (("green", "yellow"), 5),
    ]


def test_someone_enrolled_counts_from_their_month_to_the_one_before_they_left() -> None:
    stay = [(Fact("2026-01", until=""),) for _person in range(5)]
    leave = [(Fact("2026-02", until="2026-05"),) for _person in range(5)]
    assert [each.at_least for each in told(ENROLLED, stay + leave).figures] == [5, 10, 10, 10, 5, 5]


# By brute force: every world that tells the same.

Rule = Callable[[Sequence[tuple[str, int]]], list[tuple[tuple[str, ...], int]]]


def isolated(rule: Rule, groups: int, most: int, *, total_is_known: bool) -> list[str]:
    """What someone can be sure of who sees the parts of a whole under a rule.

    Every school with so many groups of up to so many people is made; those that tell the same are what the attacker is left with.
    If in all of these some group, or some groups together, have one to four people, the attacker has won.
    """
    worlds: dict[tuple[tuple[Figure, ...], int | None], list[tuple[int, ...]]] = defaultdict(list)
    names = "abcd"[:groups]
    for sizes in product(range(most + 1), repeat=groups):
        releases = Releases()
        parts = list(zip(names, people(*sizes), strict=True))
        figures = tuple(figure(releases, LAST, group, members) for group, members in rule(parts))
        worlds[figures, sum(sizes) if total_is_known else None].append(sizes)
    found, tried = [], 0
    for (figures, total), possible in worlds.items():
        if sum(each.at_least + FIVE - 1 for each in figures) > most or (total is not None and total < FIVE):
            continue  # there are larger worlds that tell the same; or fewer than five in all, as is known from elsewhere
        tried += 1
        for count in range(1, groups + 1):
            for chosen in combinations(range(groups), count):
                numbers = {sum(sizes[at] for at in chosen) for sizes in possible}
                if numbers <= set(range(1, FIVE)):
                    found.append(f"{figures}, {total} in all: {chosen} are {numbers}")
    assert tried > 2
    return found


@pytest.mark.parametrize(("groups", "most"), [(2, 30), (3, 21), (4, 14)])
@pytest.mark.parametrize("total_is_known", [False, True])
def test_no_world_tells_of_fewer_than_five_people(groups: int, most: int, total_is_known: bool) -> None:
    assert isolated(joined, groups, most, total_is_known=total_is_known) == []


def test_the_attacker_beats_weaker_rules() -> None:
    def each_by_itself(parts: Sequence[tuple[str, int]]) -> list[tuple[tuple[str, ...], int]]:
        return [((name,), group) for name, group in parts]

    def small_ones_among_themselves(parts: Sequence[tuple[str, int]]) -> list[tuple[tuple[str, ...], int]]:
        small = [each for each in parts if each[1].bit_count() < FIVE]
        rest = sum(group for _name, group in small)
        found = [((name,), group) for name, group in parts if group.bit_count() >= FIVE]
        return [*found, (tuple(name for name, _group in small), rest)] if small else found

    assert isolated(each_by_itself, 2, 30, total_is_known=True)
    assert isolated(small_ones_among_themselves, 3, 21, total_is_known=True)


def test_no_two_months_tell_of_fewer_than_five_who_came_or_left() -> None:
    """Every pair of months of up to 14 people who left, stayed and came. How many there were in either, no table says."""
    worlds: dict[tuple[Figure, Figure], list[tuple[int, int, int]]] = defaultdict(list)
    for left, stayed, came in product(range(15), repeat=3):
        first, both, second = people(left, stayed, came)
        releases = Releases()
        seen = figure(releases, "2026-03", ("",), first | both), figure(releases, "2026-04", ("",), both | second)
        worlds[seen].append((left, stayed, came))
    for seen, possible in worlds.items():
        if max(each.at_least for each in seen) > 10:
            continue  # there are larger worlds that tell the same
        for chosen in ((0,), (2,), (0, 2), (0, 1), (1, 2)):
            numbers = {sum(each[at] for at in chosen) for each in possible}
            assert not numbers <= set(range(1, FIVE)), (seen, chosen, numbers)


def test_a_band_at_either_end_never_says_all_or_none() -> None:
    for count in range(FIVE, 200):
        at_least = count // FIVE * FIVE
        for everyone, all_but_one in ((1.0, (count - 1) / count), (0.0, 1 / count)):
            assert Band.around(everyone, at_least) == Band.around(all_but_one, at_least)


# By chance: schools with a history.


def histories(groups: Sequence[str], moments: Sequence[str] = MONTHS) -> st.SearchStrategy[list[Person]]:
    """Up to thirty people, each with what they were part of; few patterns, so that groups nearly coincide."""
    fact = st.builds(Fact, st.sampled_from(moments), st.sampled_from(groups), st.sampled_from([0.0, 0.5, 1.0]))
    person = st.lists(fact, min_size=1, max_size=8, unique_by=lambda each: (each.moment, each.group)).map(tuple)
    return st.lists(person, min_size=1, max_size=4).flatmap(
        lambda few: st.lists(st.sampled_from(few) | person, min_size=1, max_size=30)
    )


KINDS = [
    (ATTENDANCE, ("",), MONTHS),
    (TOOLBOX, tuple(facts.TOOLS)[:3], MONTHS),
    (ALERTS, ("yellow", "orange", "red"), MONTHS),
    (LEVELS, ("english-A1", "english-A2", "english-A3"), [f"{term}.english" for term in TERMS]),
    ("endings", ("completed", "dropped"), list(TERMS)),
]
anything = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind[0]), histories(kind[1], kind[2])))


@pytest.fixture
def given_groups(monkeypatch: pytest.MonkeyPatch) -> list[Releases]:
    """The groups that figures were given of, which nobody outside learns."""
    kept: list[Releases] = []

    def keep() -> Releases:
        kept.append(Releases())
        return kept[-1]

    monkeypatch.setattr(questions, "Releases", keep)
    return kept


def test_any_two_groups_that_figures_are_of_differ_by_five_people_or_more(given_groups: list[Releases]) -> None:
    @given(anything)
    def each(drawn: tuple[str, list[Person]]) -> None:
        given_groups.clear()
        told(*drawn)
        groups = given_groups[0].given
        assert all(group.bit_count() >= FIVE for group in groups)
        assert all((one ^ other).bit_count() >= FIVE for one, other in combinations(groups, 2))

    each()


@given(st.lists(anything, min_size=1, max_size=3))
def test_who_sees_all_figures_isolates_nobody(drawn: list[tuple[str, list[Person]]]) -> None:
    known = [len(nameless) for _question, nameless in drawn if len(nameless) >= FIVE]
    assert wins([told(*each) for each in drawn], known=known) == []


@given(histories(("",), [*MONTHS, IN_PROGRESS]), st.data())
def test_adding_or_removing_people_in_a_month_in_progress_changes_no_figure(before: list[Person], data: st.DataObject) -> None:
    newcomers = data.draw(st.lists(st.just((Fact(IN_PROGRESS),)), min_size=1, max_size=4))
    assert told(ATTENDANCE, before + newcomers) == told(ATTENDANCE, before)
    gone = [tuple(fact for fact in person if fact.moment != IN_PROGRESS) for person in before]
    assert told(ATTENDANCE, [each for each in gone if each]) == told(ATTENDANCE, before)


@given(st.integers(9, 30), st.data())
def test_months_that_differ_from_one_told_before_by_one_to_four_people_show_no_change(count: int, data: st.DataObject) -> None:
    first = set(range(count))
    there = {MONTHS[0]: first}
    for month in MONTHS[1:]:
        away = data.draw(st.sets(st.sampled_from(sorted(first)), max_size=4))
        come = data.draw(st.sets(st.integers(count, count + 9), max_size=4 - len(away)))
        there[month] = first - away | come
    nameless = [tuple(Fact(month) for month in MONTHS if at in there[month]) for at in range(count + 10)]
    found = told(ATTENDANCE, [each for each in nameless if each]).figures
    assert {each.at_least for each in found} == {count // FIVE * FIVE}


@given(anything, st.data())
def test_what_is_told_of_the_past_stays_when_people_come_later(drawn: tuple[str, list[Person]], data: st.DataObject) -> None:
    name, whole = drawn
    latest = max(fact.moment for person in whole for fact in person)
    earlier = [tuple(fact for fact in person if fact.moment != latest) for person in whole]
    before = told(name, [each for each in earlier if each])
    after = told(name, whole)
    kept = [each for each in before.figures if each.moment < latest]
    assert [each for each in after.figures if each.moment in {each.moment for each in kept}] == kept


@given(anything, st.data())
def test_records_of_one_to_four_people_taken_out_of_the_past_isolate_nobody(
    drawn: tuple[str, list[Person]], data: st.DataObject
) -> None:
    """An erasure, a correction: even the figures of before and after, side by side. Adding is the same backwards."""
    name, whole = drawn
    gone = data.draw(st.sets(st.integers(0, len(whole) - 1), min_size=1, max_size=4))
    before, after = told(name, whole), told(name, [each for at, each in enumerate(whole) if at not in gone])
    assert wins([before, after]) == []
