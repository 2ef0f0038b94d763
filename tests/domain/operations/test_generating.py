"""Sessions from a term's pattern: what is added, skipped and left; and that no order of doings loses or doubles a held one."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.core.closing import Why, closed_days
from domain.operations.generating import Made, Plan, Weekly, adjust, generate, week_of

FIRST, LAST = dt.date(2026, 2, 2), dt.date(2026, 7, 3)  # a Monday, a Friday
MONDAY = Weekly("monday", "a1", 1, dt.time(8), dt.time(9), FIRST, LAST)
WEDNESDAY = Weekly("wednesday", "a1", 3, dt.time(8), dt.time(9), FIRST, LAST)


def done(made: list[Made], plan: Plan) -> list[Made]:
    """What is there once a plan is carried out."""
    kept = {each.key: each for each in made}
    for each in plan.drop:
        del kept[each.key]
    for each, goal in plan.change:
        times = {"day": goal.day, "planned_for": goal.day, "start": goal.weekly.start, "end": goal.weekly.end}
        kept[each.key] = replace(each, **times)
    number = max((int(key) for key in kept), default=0)
    for at, slot in enumerate(plan.add, number + 1):
        weekly = slot.weekly
        kept[str(at)] = Made(str(at), weekly.class_id, weekly.key, slot.day, slot.day, weekly.start, weekly.end)
    return list(kept.values())


def test_a_term_gives_a_session_for_each_week_but_those_on_which_the_school_is_closed() -> None:
    settings = {"state": "SP", "holidays": [{"date": "2026-02-16", "name": "Carnaval"}], "closed_days": [0, "2026-03-02"]}
    plan = generate([MONDAY, WEDNESDAY], [], closed_days(settings, FIRST, LAST))
    assert len(plan.add) == 2 * 22 - 2  # 22 weeks; no Wednesday or Monday holiday else
    said = {each.slot.day: (each.closed.why, each.closed.name) for each in plan.skipped}
    assert said == {dt.date(2026, 2, 16): (Why.OWN, "Carnaval"), dt.date(2026, 3, 2): (Why.OWN, "")}
    assert [each.day for each in plan.add][:3] == [dt.date(2026, 2, 2), dt.date(2026, 2, 4), dt.date(2026, 2, 9)]
    again = generate([MONDAY, WEDNESDAY], done([], plan), closed_days(settings, FIRST, LAST))
    assert again.is_empty
    assert len(again.there) == len(plan.add)


def test_public_holidays_are_those_of_the_country_and_of_the_schools_state() -> None:
    year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    brazil, rio = closed_days({}, *year), closed_days({"state": "RJ"}, *year)
    assert brazil[dt.date(2026, 11, 20)].name == "Dia Nacional de Zumbi e da Consciência Negra"
    assert dt.date(2026, 4, 23) not in brazil
    assert rio[dt.date(2026, 4, 23)].why is Why.PUBLIC  # São Jorge
    assert closed_days({"public_holidays": False, "state": "RJ"}, *year) == {}
    assert closed_days({"state": "XX", "holidays": "nonsense"}, *year) == brazil


def test_a_term_without_such_a_day_and_a_school_that_is_always_closed_give_nothing() -> None:
    short = replace(MONDAY, first=dt.date(2026, 2, 3), last=dt.date(2026, 2, 6))
    assert generate([short], [], {}) == Plan()
    assert generate([replace(MONDAY, first=LAST, last=FIRST)], [], {}) == Plan()
    assert generate([], [], {}) == Plan()
    always = closed_days({"closed_days": list(range(7))}, FIRST, LAST)
    plan = generate([MONDAY], [], always)
    assert (plan.add, len(plan.skipped), {each.closed.why for each in plan.skipped}) == ((), 22, {Why.WEEKDAY})


def test_a_session_made_by_hand_at_the_same_time_is_not_doubled() -> None:
    by_hand = Made("1", "a1", None, None, FIRST, dt.time(8), dt.time(10))
    plan = generate([MONDAY], [by_hand], {})
    assert plan.there == (by_hand,)
    assert len(plan.add) == 21


def test_a_change_of_day_moves_what_is_to_come_and_leaves_what_is_settled() -> None:
    made = done([], generate([MONDAY], [], {}))
    made[10] = replace(made[10], is_settled=True)
    moved_by_hand = made[12] = replace(made[12], day=made[12].day + dt.timedelta(days=1))
    today = dt.date(2026, 3, 4)
    after = replace(MONDAY, weekday=5, start=dt.time(9), end=dt.time(10))
    plan = adjust({"monday": MONDAY}, {"monday": after}, made, {}, since=today)
    untouched = {each.key for each in made if each.day < today} | {made[10].key, moved_by_hand.key}
    assert {each.key for each, _to in plan.change} == {each.key for each in made} - untouched
    assert {to.day - each.day for each, to in plan.change} == {dt.timedelta(days=4)}
    assert plan.add == plan.drop == ()  # this week's Monday was given: no Friday beside it
    assert set(plan.kept) == {made[10], moved_by_hand}


def test_a_meeting_that_ends_takes_its_coming_sessions_and_a_longer_term_adds() -> None:
    made = done([], generate([MONDAY, WEDNESDAY], [], {}))
    today = dt.date(2026, 6, 1)
    ended = adjust({"monday": MONDAY, "wednesday": WEDNESDAY}, {"monday": MONDAY}, made, {}, since=today)
    assert {(each.weekly, each.day >= today) for each in ended.drop} == {("wednesday", True)}
    assert ended.add == ended.change == ()
    longer = replace(MONDAY, last=dt.date(2026, 7, 17))
    later = adjust({"monday": MONDAY}, {"monday": longer}, made, {}, since=today)
    assert [each.day for each in later.add] == [dt.date(2026, 7, 6), dt.date(2026, 7, 13)]
    shorter = adjust({"monday": MONDAY}, {"monday": replace(MONDAY, last=dt.date(2026, 6, 20))}, made, {}, since=today)
    assert [each.day for each in shorter.drop] == [dt.date(2026, 6, 22), dt.date(2026, 6, 29)]


def test_hours_changed_by_hand_stay() -> None:
    made = done([], generate([MONDAY], [], {}))
    made[15] = replace(made[15], start=dt.time(7))
    after = replace(MONDAY, start=dt.time(10), end=dt.time(11))
    plan = adjust({"monday": MONDAY}, {"monday": after}, made, {}, since=FIRST)
    assert made[15].key not in {each.key for each, _to in plan.change}
    assert len(plan.change) == 21


weekly_times = st.tuples(st.integers(0, 6), st.integers(7, 10))
doings = st.lists(
    st.one_of(
        st.tuples(st.just("generate"), st.none(), st.none()),
        st.tuples(st.just("hold"), st.integers(0, 200), st.none()),
        st.tuples(st.just("move"), st.integers(0, 200), st.integers(-9, 9)),
        st.tuples(st.just("change"), st.integers(0, 2), weekly_times),
        st.tuples(st.just("end"), st.integers(0, 2), st.none()),
        st.tuples(st.just("begin"), st.integers(0, 2), weekly_times),
        st.tuples(st.just("term"), st.integers(-20, 20), st.none()),
        st.tuples(st.just("close"), st.integers(0, 60), st.none()),
        st.tuples(st.just("day"), st.integers(0, 20), st.none()),
    ),
    max_size=14,
)


@given(doings)
def test_no_order_of_doings_loses_alters_or_doubles_a_held_session(steps: list[tuple[str, int, object]]) -> None:
    first, last, today = FIRST, FIRST + dt.timedelta(days=60), FIRST
    pattern = {"0": Weekly("0", "a1", 1, dt.time(8), dt.time(9), first, last)}
    made: list[Made] = []
    held: dict[str, Made] = {}
    closed: dict[dt.date, object] = {}
    for verb, number, said in [*steps, ("generate", None, None)]:
        after = dict(pattern)
        if verb == "hold" and made:
            at = number % len(made)
            made[at] = replace(made[at], is_settled=True)
            held[made[at].key] = made[at]
        elif verb == "move" and made and not made[number % len(made)].is_settled:
            at = number % len(made)
            day = made[at].day + dt.timedelta(days=said)
            if not any((each.day, each.start) == (day, made[at].start) for each in made):
                made[at] = replace(made[at], day=day)
        elif verb in {"change", "begin"} and (str(number) in pattern) is (verb == "change"):
            weekday, hour = said
            after[str(number)] = Weekly(str(number), "a1", weekday, dt.time(hour), dt.time(hour + 1), first, last)
        elif verb == "end":
            after.pop(str(number), None)
        elif verb == "term":
            last = max(last + dt.timedelta(days=number), first + dt.timedelta(days=1))
            after = {key: replace(each, last=last) for key, each in after.items()}
        elif verb == "close":
            closed[first + dt.timedelta(days=number)] = object()
        elif verb == "day":
            today += dt.timedelta(days=number)
        if after != pattern:
            made = done(made, adjust(pattern, after, made, closed, since=today))
            pattern = after
        elif verb == "generate":
            made = done(made, generate(pattern.values(), made, closed, since=today))
            assert generate(pattern.values(), made, closed, since=today).is_empty
        by_key = {each.key: each for each in made}
        assert {key: by_key.get(key) for key in held} == held
        weeks = [(each.weekly, week_of(each.planned_for)) for each in made if each.planned_for]
        times = [(each.class_id, each.day, each.start) for each in made]
        assert len(set(weeks)) == len(weeks)
        assert len(set(times)) == len(times)
