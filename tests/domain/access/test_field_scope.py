"""What is masked for someone is named by none of their questions and comes with no record: every role, column and way."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Select, case, cast, column, exists, func, inspect, literal, select, table, tuple_, type_coerce, union_all
from sqlalchemy import String as Text
from sqlalchemy.orm import Bundle, aliased, load_only, undefer, with_loader_criteria

from domain.access import bulk
from domain.access.decide import untold
from domain.access.field_scope import to_be_masked
from domain.access.grants import RIGHTS
from domain.access.masking import MASK, Mask, has_dots, last_four
from domain.access.roles import Role
from domain.access.uow import named, reading, unit_of_work
from domain.core.models import User
from domain.db.base import Base, model_of
from domain.db.engine import engine
from domain.kit.errors import DomainError, WrongScope
from domain.kit.fold import fold
from domain.payroll.models import PaymentMethod
from tests.conftest import School
from tests.factories.rows import Rows

ROOT = Path(__file__).parents[3]
CPF, PHONE = "52998224725", "+5511987654321"

# Written from docs/security.md: what no question of these roles may name, though they read rows of the table.
UNTOLD = {
    (Role.STAFF, "users"): {"cpf"},
    (Role.STUDENT, "chat_sessions"): set(),
    (Role.SCHOOL, "chat_sessions"): {"metadata"},
    (Role.SCHOOL, "users"): set(),
    (Role.OWNER, "users"): set(),
    (Role.TEACHER, "organizations"): {"clerk_org_id", "settings", "created_at", "is_demo", "search_text"},
    (Role.OWNER, "organizations"): set(),
    **{
        (role, "users"): {
            *("clerk_user_id", "email", "phone", "whatsapp", "cpf", "birth_date"),
            *("created_at", "updated_at", "language", "search_text"),
        }
        for role in (Role.STUDENT, Role.TEACHER, Role.PARENT)
    },
    **{
        (role, "payment_methods"): {
            *("agency_number", "account_number", "account_holder_document", "pix_key", "wallet_id", "card_expiry")
        }
        for role in (Role.TEACHER, Role.STAFF, Role.SCHOOL, Role.OWNER)
    },
}

Way = Callable[[Any, Any], Any]


def _alias(model: type[Base], name: str) -> Any:
    return getattr(aliased(model), name)


def _common(model: Any, col: Any) -> Any:
    return select(model.id, col.label("innocent")).cte("told")


# Every way to name a column in a statement that reads its table. `col` is the mapped attribute.
WAYS: dict[str, Way] = {
    "in the list": lambda m, col: select(m.id, col),
    "alone": lambda m, col: select(col),
    "under another name": lambda m, col: select(m.id, col.label("innocent")),
    "beside the whole record": select,
    "in a bundle": lambda m, col: select(Bundle("pair", m.id, col)),
    "of an alias": lambda m, col: select(_alias(m, col.key)),
    "of an alias in a condition": lambda m, col: (
        select(m.id).join(o := aliased(m), o.id == m.id).where(getattr(o, col.key) > "a")
    ),
    "in a condition": lambda m, col: select(m.id).where(col == "x"),
    "in a condition on being empty": lambda m, col: select(m.id).where(col.is_(None)),
    "in a pattern": lambda m, col: select(m.id).where(cast(col, Text).like("1%")),
    "by keyword": lambda m, col: select(m.id).filter_by(**{col.key: "x"}),
    "in one of several conditions": lambda m, col: select(m.id).where((m.id == "x") | (col == "x")),
    "in a tuple": lambda m, col: select(m.id).where(tuple_(m.id, col) == tuple_(literal("x"), literal("y"))),
    "in an order": lambda m, col: select(m.id).order_by(col),
    "in an order downwards": lambda m, col: select(m.id).order_by(col.desc().nulls_last()),
    "in an order by words": lambda m, col: select(m.id).order_by(col.expression.name),
    "in a group": lambda m, col: select(func.count(m.id)).group_by(col),
    "in a group by words": lambda m, col: select(func.count(m.id)).group_by(col.expression.name),
    "in a condition on groups": lambda m, col: select(func.count(m.id)).group_by(m.id).having(func.max(col) > "a"),
    "in a function": lambda m, col: select(func.substr(col, 1, 1)),
    "in an aggregate": lambda m, col: select(func.group_concat(col)),
    "counted": lambda m, col: select(func.count(col)),
    "in a window": lambda m, col: select(m.id, func.row_number().over(order_by=col)),
    "in a filtered aggregate": lambda m, col: select(func.count(m.id).filter(col == "x")),
    "in a case": lambda m, col: select(m.id, case((col == "x", 1), else_=0)),
    "as another type": lambda m, col: select(m.id, cast(col, Text)),
    "taken for another type": lambda m, col: select(m.id, type_coerce(col, Text)),
    "in a subquery": lambda m, col: select(select(m.id, col.label("innocent")).subquery().c.innocent),
    "in a subquery's condition": lambda m, col: select(m.id).where(m.id.in_(select(m.id).where(col == "x"))),
    "in a value from a subquery": lambda m, col: select(m.id, select(col).limit(1).scalar_subquery()),
    "in what must exist": lambda m, col: select(m.id).where(exists(select(m.id).where(col == "x"))),
    "in a common table": lambda m, col: select(_common(m, col).c.innocent),
    "of a subquery of whole records": lambda m, col: select(select(m).subquery().c[col.expression.name]),
    "as part of a subquery of whole records": lambda m, col: select(select(m).subquery()),
    "as part of an entity of a subquery": lambda m, col: select(aliased(m, select(m).subquery())),
    "in a join's condition": lambda m, col: select(m.id).join(o := aliased(m), getattr(o, col.key) == col),
    "in a union": lambda m, col: select(m.id).from_statement(union_all(select(m.id), select(col))),
    "in a union of whole records": lambda m, col: select(m).from_statement(union_all(select(m), select(m))),
    "of the bare table": lambda m, col: select(m.id, m.__table__.c[col.expression.name]),
    "as part of the bare table": lambda m, col: select(m.id, m.__table__),
    "of the bare table in a condition": lambda m, col: select(m.id).where(m.__table__.c[col.expression.name] == "x"),
    "through the door for labels": lambda m, col: select(
        m.id, select(named(m).c[col.expression.name]).limit(1).scalar_subquery()
    ),
    "of a table that nobody mapped": lambda m, col: select(m.id, table(m.__tablename__, column(col.expression.name)).c[0]),
    "of no table": lambda m, col: select(m.id).where(column(col.expression.name) == "x"),
    "in a condition handed along": lambda m, col: select(m.id).options(
        with_loader_criteria(m, lambda cls: getattr(cls, "id") != "", include_aliases=True)  # noqa: B009
    ),
    "in a plain condition handed along": lambda m, col: select(m.id).options(with_loader_criteria(m, col != "x")),
    "in a hint": lambda m, col: select(m.id).prefix_with(f"{m.__tablename__}.{col.expression.name}, "),
    "in a correlated value": lambda m, col: select(m.id).where(
        select(col).where(m.id == m.id).correlate(m).scalar_subquery() > "a"
    ),
    "in a limit": lambda m, col: select(m.id).limit(select(func.count(col)).scalar_subquery()),
}


def attribute(model: type[Base], name: str) -> Any:
    return getattr(model, inspect(model).get_property_by_column(model.__table__.c[name]).key)


def cells() -> Iterator[tuple[Role, str, str]]:
    """Every role, table and column of which the role isn't told in each row that it reads."""
    for name in sorted(RIGHTS.tables):
        for role in Role:
            hidden = untold(School("s", dict.fromkeys(Role, "p"), "", "", "", "").actor(role), model_of(name))
            yield from ((role, name, each) for each in sorted(hidden))


def test_what_nobody_is_told_of_is_what_the_page_says() -> None:
    found: dict[tuple[Role, str], set[str]] = {}
    for role, name, hidden in cells():
        found.setdefault((role, name), set()).add(hidden)
    for cell, hidden in UNTOLD.items():
        assert found.get(cell, set()) == hidden, cell


@pytest.mark.parametrize("way", WAYS)
def test_no_way_to_name_a_masked_column_is_open(way: str, school: School) -> None:
    tried = 0
    for role, name, hidden in cells():
        model = model_of(name)
        with reading(school.actor(role)) as session:
            statement = WAYS[way](model, attribute(model, hidden))
            with pytest.raises(WrongScope):
                session.execute(statement).all()
            tried += 1
    assert tried >= 40


# Refused whatever they name: what scope can't reach, and lists that hold every column there is.
NEVER = {
    *("of the bare table", "as part of the bare table", "of the bare table in a condition"),
    *("of a table that nobody mapped", "of no table", "in a filtered aggregate", "in a hint", "in a condition handed along"),
    "in a plain condition handed along",
}
WHOLE = {
    *("of a subquery of whole records", "as part of a subquery of whole records"),
    *("as part of an entity of a subquery", "in a union of whole records"),
}


@pytest.mark.parametrize("way", [way for way in WAYS if way not in NEVER])
def test_what_is_told_may_be_named_in_all_those_ways(way: str, school: School) -> None:
    """Otherwise the refusals above would show nothing."""
    with reading(school.actor(Role.SCHOOL)) as session:
        session.execute(WAYS[way](User, User.first_name)).all()
    with reading(school.actor(Role.STAFF)) as session:
        if way in WHOLE:
            with pytest.raises(WrongScope):
                session.execute(WAYS[way](User, User.first_name)).all()
        else:
            session.execute(WAYS[way](User, User.first_name)).all()


@pytest.mark.parametrize(
    "ask",
    [
        lambda s, key: s.get_one(User, key),
        lambda s, key: s.scalars(select(User).where(User.id == key)).one(),
        lambda s, key: s.scalars(select(aliased(User)).order_by("id")).first(),
        lambda s, key: s.query(User).filter(User.id == key).one(),
        lambda s, key: s.scalars(select(User).where(User.id == key).execution_options(populate_existing=True)).one(),
        lambda s, key: s.scalars(select(User).from_statement(select(User.id).where(User.id == key))).one(),
    ],
    ids=[
        "by key",
        "by a question",
        "by an alias",
        "by a query",
        "loaded again",
        "from a statement",
    ],
)
def test_a_record_comes_without_what_is_masked(ask: Any, school: School) -> None:
    key = _student(school)
    with reading(school.actor(Role.STAFF)) as session:
        record = ask(session, key)
        for _twice in range(2):
            with pytest.raises(WrongScope):
                assert record.cpf
        assert "cpf" not in record.__dict__
        session.refresh(record)
        with pytest.raises(WrongScope):
            assert record.cpf
        session.expire(record)
        assert record.first_name
        with pytest.raises(WrongScope):
            assert record.cpf
        session.expire(record, ["cpf"])
        with pytest.raises(WrongScope):
            assert record.cpf


@pytest.mark.parametrize("option", [undefer, load_only])
def test_a_record_cannot_be_asked_to_come_with_it(option: Any, school: School) -> None:
    with pytest.raises(DomainError), reading(school.actor(Role.STAFF)) as session:
        session.scalars(select(User).options(option(User.cpf))).all()


def test_after_a_write_in_bulk_records_at_hand_stay_without_it(school: School) -> None:
    with engine().begin() as connection:
        key = Rows(connection, school.id).add(
            "payment_methods", user_id=school.people[Role.STAFF], account_number="987654-3", label="Main"
        )
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        record = session.get_one(PaymentMethod, key)
        bulk.update_rows(session, PaymentMethod, [key], {"account_number": "123456-7"})
        assert record.label == "Main"
        with pytest.raises(WrongScope):
            assert record.account_number
        inner = session.begin_nested()
        record.label = "Other"
        inner.rollback()
        assert record.label == "Main"
        with pytest.raises(WrongScope):
            assert record.account_number
        record.account_number = "222222-2"
        session.flush()
        with pytest.raises(WrongScope):
            assert record.account_number
    with reading(school.job) as session:
        assert session.get_one(PaymentMethod, key).account_number == "222222-2"


def test_the_folded_text_follows_a_change_by_someone_who_does_not_see_all_of_it(school: School) -> None:
    """A teacher's phone is among what their role is told of in no list; a change of it keeps the e-mail findable."""
    key = school.people[Role.TEACHER]
    with unit_of_work(school.actor(Role.TEACHER)) as session:
        session.get_one(User, key).phone = PHONE
    with reading(school.job) as session:
        person = session.get_one(User, key)
        assert set(fold(f"{person.first_name} {person.last_name} {person.email} {PHONE}").split()) <= set(
            person.search_text.split()
        )


def test_a_job_is_told_of_everything(school: School) -> None:
    key = _student(school)
    with reading(school.job) as session:
        assert session.scalar(select(User.cpf).where(User.id == key)) == CPF
        assert session.get_one(User, key).cpf == CPF


def test_a_new_column_of_people_would_not_stand_on_a_card() -> None:
    for role in (Role.STUDENT, Role.TEACHER, Role.PARENT):
        (card,) = [each for each in RIGHTS.grants(role, "users") if each.scope == "adult_of_school"]
        assert "fingerprint" in card.mask([*User.__table__.columns.keys(), "fingerprint"]).unsaid


def _student(school: School) -> str:
    with unit_of_work(school.job) as session:
        session.get_one(User, school.people[Role.STUDENT]).cpf = CPF
    return school.people[Role.STUDENT]


# The doors.


def _users_of(name: str) -> set[str]:
    """The files of the app that name a function."""
    found = set()
    for folder in ("domain", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if any(
                (isinstance(each, ast.Name) and each.id == name)
                or (isinstance(each, ast.Attribute) and each.attr == name)
                or (isinstance(each, ast.alias) and each.name == name)
                for each in ast.walk(tree)
            ):
                found.add(str(path.relative_to(ROOT)))
    return found


def test_one_module_alone_reads_what_is_to_be_masked() -> None:
    assert _users_of("to_be_masked") == {"domain/records/masks.py"}
    assert _users_of("TO_BE_MASKED") == {"domain/access/field_scope.py"}


def test_the_door_for_labels_is_used_for_labels_their_order_and_what_must_be_unique() -> None:
    modules = {path for path in _users_of("named") if "import named" in _imports(path) or ", named" in _imports(path)}
    # An import asks, as writing does, whether another row of the school's has what a row must be alone with.
    alone = {"domain/records/twins.py", "domain/exchange/imports/uniques.py"}
    assert modules == {"domain/records/labels.py", "domain/records/query.py", *alone}


def _imports(path: str) -> str:
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("from domain.access.uow import"))


def test_what_is_to_be_masked_may_be_listed_and_nothing_else(school: School) -> None:
    with reading(school.actor(Role.STAFF)) as session:
        session.execute(to_be_masked(select(User.id, User.cpf))).all()
        refused: list[Select[Any]] = [
            select(User.id, User.cpf).where(User.cpf == CPF),
            select(User.id, User.cpf).order_by(User.cpf),
            select(User.id, func.substr(User.cpf, 1, 1)),
            select(User.id, User.cpf.label("x")),
            select(User.id).where(User.id.in_(select(User.id).where(User.cpf == CPF))),
        ]
        for statement in refused:
            with pytest.raises(WrongScope):
                session.execute(to_be_masked(statement)).all()


# What a mask shows.

TEXTS = st.text(min_size=1, max_size=30)


@given(TEXTS)
def test_of_a_value_with_its_end_shown_no_more_than_four_characters_and_at_least_four_stay_hidden(value: str) -> None:
    shown = last_four(value)
    if len(value) < 8:
        assert shown == "•••"
    else:
        assert shown == f"•••• {value[-4:]}"
    assert has_dots(shown)


NAMES = ("a", "b", "c", "d")
SETS = st.frozensets(st.sampled_from(NAMES))
MASKS = st.builds(
    lambda masked, last, unsaid, keys: Mask(
        masked | last | unsaid | ({"d"} if keys else set()), last, {"d": keys} if keys else {}, unsaid - masked - last
    ),
    SETS,
    SETS,
    SETS,
    st.frozensets(st.sampled_from(("x", "y"))),
)


@given(MASKS, MASKS)
def test_two_rights_together_show_what_either_shows_and_no_more(one: Mask, other: Mask) -> None:
    values = {"a": "long enough", "b": "short", "c": "another value", "d": {"x": 1, "y": 2, "z": 3}}
    both = one | other
    assert both.hidden == (other | one).hidden == one.hidden & other.hidden
    for name, value in values.items():
        seen = [each.of(name, value) for each in (one, other)]
        assert both.of(name, value) == (other | one).of(name, value)
        if value in seen:
            assert both.of(name, value) == value
        elif name != "d":
            assert both.of(name, value) in seen
    assert (one | one).hidden == one.hidden


def test_nothing_is_masked_where_nothing_is() -> None:
    assert Mask(frozenset({"a"})).of("a", None) is None
    assert Mask(frozenset({"a"})).of("a", "x") == MASK
    assert Mask(frozenset({"a"})).of("b", "x") == "x"
