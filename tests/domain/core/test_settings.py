"""A school's settings: each known key with its type and range; anything else is refused at the field, by name."""

from typing import Any

import pytest

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.core.models import Organization
from domain.core.settings import problems
from domain.demo.people import PURPOSES
from domain.kit.errors import InvalidInput
from domain.records import write
from tests.conftest import School

GOOD: list[tuple[str, Any]] = [
    ("time_zone", "America/Rio_Branco"),
    ("holidays", []),
    ("holidays", ["2026-11-20", {"date": "2026-12-25", "name": "Natal"}, {"date": "2026-12-24"}]),
    ("closed_days", [0, 6]),
    ("closed_days", ["2026-07-10"]),
    ("opening_hours", {"1": ["07:30", "22:00"], "6": ["08:00", "13:30"]}),
    ("alerts_keep_years", 5),
    ("offer_hours", 48),
    ("purposes", PURPOSES),
    ("wellbeing", {"analysis": False, "keep_days": 365}),
    ("wellbeing", {}),
    ("second_factor_required", False),
    ("second_factor_by_provider", True),
]
BAD: list[tuple[str, Any]] = [
    ("time_zone", "Brasília"),
    ("time_zone", ""),
    ("time_zone", "../../etc/passwd"),
    ("time_zone", 3),
    ("holidays", "2026-11-20"),
    ("holidays", ["20/11/2026"]),
    ("holidays", ["2026-02-30"]),
    ("holidays", [{"date": "2026-12-25", "title": "Natal"}]),
    ("holidays", [{"name": "Natal"}]),
    ("holidays", ["20261120"]),
    ("closed_days", [7]),
    ("closed_days", [-1]),
    ("closed_days", [True]),
    ("closed_days", ["Sunday"]),
    ("opening_hours", {"7": ["08:00", "18:00"]}),
    ("opening_hours", {"monday": ["08:00", "18:00"]}),
    ("opening_hours", {"1": ["18:00", "08:00"]}),
    ("opening_hours", {"1": ["08:00"]}),
    ("opening_hours", {"1": ["8", "18"]}),
    ("opening_hours", {"1": "08:00-18:00"}),
    ("alert_list", []),
    ("alerts_keep_years", 0),
    ("offer_hours", 0),
    ("offer_hours", 721),
    ("alerts_keep_years", 31),
    ("alerts_keep_years", 5.5),
    ("alerts_keep_years", True),
    ("purposes", {"wellbeing": ""}),
    ("purposes", {"wellbeing": 1}),
    ("purposes", []),
    ("second_factor_required", "no"),
    ("second_factor_required", 0),
    ("second_factor_required", None),
    ("second_factor_by_provider", 1),
]


@pytest.mark.parametrize(("key", "value"), GOOD)
def test_what_fits_is_taken(key: str, value: Any) -> None:
    assert problems({"settings": {key: value}}) == []


@pytest.mark.parametrize(("key", "value"), BAD)
def test_what_does_not_fit_is_refused_at_the_field_and_names_its_key(key: str, value: Any) -> None:
    [problem] = problems({"settings": {key: value}})
    assert problem.field == "settings"
    assert problem.message.startswith(f"“{key}” ")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"holliday": []}, "“holliday” isn't a setting. Known are: alerts_keep_years, "),
        ({"wellbeing": {"analysis": True, "days": 3}}, "“wellbeing.days” isn't a setting. Known are: analysis, keep_days."),
        ({"wellbeing": {"keep_days": 0}}, "“wellbeing.keep_days” must be a whole number from 1 to 3650."),
        ({"wellbeing": []}, "“wellbeing” must be a JSON object"),
        ({"{x}": 1}, "“{x}” isn't a setting."),
    ],
)
def test_a_key_that_nobody_knows_is_named_with_those_that_are_known(settings: dict[str, Any], said: str) -> None:
    [problem] = problems({"settings": settings})
    assert problem.message.startswith(said)


def test_several_mistakes_are_told_at_once() -> None:
    assert len(problems({"settings": {"a": 1, "b": 2, "time_zone": "Mars"}})) == 3


def test_a_school_is_not_written_with_wrong_settings(school: School) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        version = session.get_one(Organization, school.id).row_version
        values = {"settings": {"timezone": "America/Bahia"}}
        with pytest.raises(InvalidInput) as refused:
            write.update(session, Organization, school.id, values, version=version, opened={})
    assert [each.field for each in refused.value.problems] == ["settings"]
