"""Rights as data: what a policy grants is kept as it was said, and nothing else."""

from domain.access.actor import Actor
from domain.access.grants import Rights, every, grant, rows
from domain.access.roles import Role


def test_what_a_policy_grants_is_kept_by_table_and_role_and_nothing_else_is_granted() -> None:
    rights = Rights()
    rights.add({"rooms": grant(student=every("R"), school=every("CRUD"))})
    rights.add({"terms": grant(school=every("R"))})
    assert rights.tables["rooms"].keys() == {Role.STUDENT, Role.SCHOOL}, "a role to which nothing is granted isn't named"
    assert rights.grants(Role.SCHOOL, "rooms") == every("CRUD")
    assert rights.grants(Role.SCHOOL, "terms") == every("R")
    for role, table in ((Role.OWNER, "rooms"), (Role.STUDENT, "terms"), (Role.SCHOOL, "invoices"), (None, "rooms")):
        assert rights.grants(role, table) == ()


def test_several_departments_may_grant_something_to_the_same_job() -> None:
    rights = Rights()
    rights.add_jobs({"billing": {"invoices": every("CR")}})
    rights.add_jobs({"billing": {"enrollments": every("R")}, "auditor": {"sessions": rows("own", "user_id", "R")}})
    billing = Actor.system("a school", "billing")
    assert (rights.of(billing, "invoices"), rights.of(billing, "enrollments")) == (every("CR"), every("R"))
    assert rights.of(billing, "sessions") == ()
    assert rights.of(Actor.system("a school", "nobody"), "invoices") == ()
