"""Lists as files: the list as it stands, under the rights of the moment, and the same answer to everyone who gets none."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.sign_in import end
from domain.access.uow import unit_of_work
from domain.core.models import User, UserRole
from domain.db.engine import engine
from domain.exchange import lists, table_csv
from domain.financial.models import Invoice
from domain.kit.ids import new_id
from domain.records import write
from pages._crud import export as links
from pages._crud.resolve import resolve
from pages._files import export
from pages._files.asking import Asking
from pages._files.export import Interrupted
from pages._shell.catalog import Page
from pages._specs import spec_of
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.files import get, token_of, told

Noted = Callable[..., list[dict[str, Any]]]
CPF = "52998224725"
SHEET = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def rows_of(answer: Any, delimiter: str = ",") -> list[list[str]]:
    """A CSV file's lines."""
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def names(answer: Any) -> list[str]:
    """The first column, without its heading."""
    return [row[0] for row in rows_of(answer)[1:]]


def cells(answer: Any) -> list[list[tuple[str, str]]]:
    """An Excel sheet's rows: each cell's type ("n" number, "inlineStr" text) and content."""
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = [row.iterfind("x:c", SHEET) for row in sheet.iterfind(".//x:row", SHEET)]
    return [[(cell.get("t", "n"), "".join(cell.itertext())) for cell in row] for row in rows]


@pytest.fixture
def nothing() -> tuple[Any, ...]:
    """What is answered for a table that there isn't."""
    answer = get("/export/nothing.csv")
    assert answer.status_code == 404
    return told(answer)


def disabled(school: School) -> str:
    token = token_of(school, Role.STAFF)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.get(User, school.people[Role.STAFF]).is_active = False
    return token


def signed_out(school: School) -> str:
    token = token_of(school, Role.SCHOOL)
    end(token)
    return token


def stale(school: School) -> str:
    from domain.access.sign_in import redeem, switch_role

    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        held = write.create(session, UserRole, {"user_id": school.people[Role.TEACHER], "role": Role.SCHOOL}).id
    token = redeem(switch_role(token_of(school, Role.TEACHER), Role.SCHOOL))
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, UserRole, [held])
    assert token
    return token


def test_whoever_is_not_signed_in_hears_what_is_said_of_a_table_that_does_not_exist(
    school: School, nothing: tuple[Any, ...]
) -> None:
    assert nothing[0] == 404
    for cookie in (None, "forged", signed_out(school), disabled(school), stale(school)):
        for path in ("/export/users.csv", "/export/users.xlsx", "/calendar/mine.ics", f"/picture/{new_id()}"):
            assert told(get(path, cookie)) == nothing, (cookie, path)


NOT_THEIRS = {
    "student": (
        "/export/nothing.csv",
        "/export/products.csv",
    ),
    "parent": ("/export/memory_nodes.csv",),
    "school": (
        "/export/memory_nodes.csv",
        "/export/credentials.csv",
        "/export/sign_ins.csv",
        "/export/trail_values.csv",
        "/export/users.pdf",
        "/export/users",
        "/export/USERS.csv",
        "/export/users.csv?f_nothing=1",
        "/export/users.csv?f_role=king",
        "/export/users.csv?sort=password",
        "/export/users.csv?columns=password_hash",
        "/export/users.csv?columns=organization_id",
        "/export/users.csv?s=00000000000000000000000000000000",
        "/export/users.csv?table=rooms",
        "/export/rooms.csv%00",
        "/export/..%2frooms.csv",
    ),
    "owner": ("/export/journal_prompts.csv",),
    "staff": ("/export/users.csv?f_cpf=none", "/export/notices.csv"),  # the latter has no page that lists it
}


def test_what_is_not_theirs_or_makes_no_sense_gets_the_same_answer(school: School, nothing: tuple[Any, ...]) -> None:
    for role, paths in NOT_THEIRS.items():
        token = token_of(school, role)
        for path in paths:
            assert told(get(path, token)) == nothing, (role, path)


def test_a_page_elsewhere_starts_no_export(school: School, nothing: tuple[Any, ...]) -> None:
    assert told(get("/export/users.csv", token_of(school, "school"), sec_fetch_site="cross-site")) == nothing


def test_the_answer_is_in_the_browsers_language_whoever_asks(school: School) -> None:
    said = get("/export/nothing.csv", token_of(school, "school"), accept_language="pt-BR,pt;q=0.9")
    assert 'lang="pt-BR"' in said.text
    assert told(said) == told(get("/export/users.csv", accept_language="pt-BR"))


def test_a_list_leaves_as_it_is_filtered_searched_sorted_and_with_its_columns(school: School, rooms: list[str]) -> None:
    token = token_of(school, "school")
    assert names(get("/export/rooms.csv", token)) == ["Áurea", "João", "Sala 1", "Zélia"]
    assert names(get("/export/rooms.csv?sort=-capacity", token)) == ["Zélia", "Áurea", "Sala 1", "João"]
    assert names(get("/export/rooms.csv?f_is_active=no", token)) == ["Zélia"]
    assert names(get("/export/rooms.csv?q=joao", token)) == ["João"]
    assert rows_of(get("/export/rooms.csv?f_capacity=..10&columns=capacity,name", token)) == [["Seats", "Name"], ["10", "João"]]


def test_all_pages_of_a_list_leave_in_its_order(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "BATCH", 7)
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        for number in range(120):
            rows.add("rooms", name=f"R {number:03}", capacity=number + 1)
    found = names(get("/export/rooms.csv?q=R&sort=-capacity", token_of(school, "school")))
    assert found == [f"R {number:03}" for number in reversed(range(120))]


def test_dots_stay_dots_and_nothing_is_found_by_them(school: School, sql: Any) -> None:
    sql("UPDATE users SET cpf = ?, phone = '+5511987654321' WHERE id = ?", CPF, school.people[Role.STUDENT])
    everything = rows_of(get("/export/users.csv?columns=all&q=sofia", token_of(school, "staff")))
    assert everything[1][everything[0].index("CPF")] == "•••"
    assert rows_of(get("/export/users.csv?columns=first_name,cpf&q=sofia", token_of(school, "school")))[1] == [
        "Sofia",
        "529.982.247-25",
    ]
    for role in ("staff", "teacher", "student"):
        for kind in ("csv", "xlsx"):
            file = get(f"/export/users.{kind}?columns=all", token_of(school, role))
            texts = file.text if kind == "csv" else str(cells(file))
            assert ("529.982.247-25" in texts) is (role == "student"), role
    assert names(get(f"/export/users.csv?q={CPF}", token_of(school, "staff"))) == []


def test_sealed_columns_do_not_leave(school: School) -> None:
    with engine().begin() as connection:
        graph = Rows(connection, school.id).add("memory_graphs", student_id=school.people[Role.STUDENT])
        Rows(connection, school.id).add("memory_nodes", graph_id=graph, embedding=b"secret vector")
    token = token_of(school, "student")
    found = get("/export/memory_nodes.csv?columns=all", token)
    assert len(rows_of(found)) == 2
    assert b"secret vector" not in found.content
    assert get("/export/memory_nodes.csv?columns=embedding", token).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_nobody_exports_a_row_that_their_list_does_not_show(school: School, role: Role) -> None:
    with engine().begin() as connection:
        other = Rows(connection, Rows(connection).add("organizations"))
        other.add("users", first_name="Forasteira")
        Rows(connection, school.id).add("users", first_name="Alheia", role="student")
    seen = set(Browser(school, role).open("users").grid("users")["first_name"])
    assert set(names(get("/export/users.csv", token_of(school, role)))) == seen
    assert "Forasteira" not in seen


def test_what_a_person_typed_is_never_a_formula(school: School) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", 'a"; =1', "=cmd|' /C calc'!A0"]
    with engine().begin() as connection:
        for number, name in enumerate(evil):
            Rows(connection, school.id).add("rooms", name=name, capacity=number + 1000)
    token = token_of(school, "school")
    for delimiter, spoken in ((",", "en"), (";", "pt_BR")):
        found = rows_of(get(f"/export/rooms.csv?f_capacity=1000..&lang={spoken}", token), delimiter)
        assert len(found) == len(evil) + 1
        for row in found[1:]:
            assert row[0].lstrip(" ")[0] not in "=+-@\t＝＋－＠", row
    texts = [row[0] for row in cells(get("/export/rooms.xlsx?f_capacity=1000..", token))[1:]]
    assert {kind for kind, _text in texts} == {"inlineStr"}
    assert {text.strip() for _kind, text in texts} == {each.strip() for each in evil}


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=40))
def test_no_text_at_all_leaves_as_a_formula(typed: str) -> None:
    assert not table_csv.safe(typed).lstrip(" ").startswith(table_csv.FORMULA)


def test_in_portuguese_commas_part_decimals_and_semicolons_part_cells(school: School) -> None:
    payer = school.people[Role.PARENT]
    with engine().begin() as connection:
        due = dt.date(2026, 4, 3)
        Rows(connection, school.id).add("invoices", payer_id=payer, amount=1234.5, due_date=due, status="pending")
    with unit_of_work(school.job) as session:
        [invoice] = session.scalars(select(Invoice)).all()
        assert str(invoice.amount) == "1234.50"
    token = token_of(school, "parent")
    heads, line = rows_of(get("/export/invoices.csv?columns=amount,due_date,status,payer_id&lang=pt_BR", token), ";")
    assert heads[0] == "Valor"
    assert line == ["1234,50", "03/04/2026", "Pendente", "Paula Lima"]
    line = rows_of(get("/export/invoices.csv?columns=amount,due_date,status,payer_id&lang=en", token))[1]
    assert line == ["1234.50", "03/04/2026", "Pending", "Paula Lima"]


def test_in_excel_numbers_and_dates_are_what_they_are(school: School) -> None:
    with engine().begin() as connection:
        payer = school.people[Role.PARENT]
        Rows(connection, school.id).add("invoices", payer_id=payer, amount=1234.5, due_date=dt.date(2026, 4, 3), status="pending")
    file = get("/export/invoices.xlsx?columns=amount,due_date,payer_id", token_of(school, "parent"))
    assert cells(file)[1] == [("n", "1234.50"), ("n", "46115"), ("inlineStr", "Paula Lima")]  # 46115 days after 1899-12-30
    assert dt.date(1899, 12, 30) + dt.timedelta(46115) == dt.date(2026, 4, 3)


def test_a_file_is_named_for_people_and_kept_by_nobody(school: School) -> None:
    headers = get("/export/users.csv?lang=pt_BR", token_of(school, "school")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    name = headers["content-disposition"]
    assert name.startswith('attachment; filename="pessoas-20')
    assert name.isascii()
    only_asked = get("/export/users.csv", token_of(school, "school"), method="HEAD")
    assert (only_asked.status_code, only_asked.content) == (200, b"")


def test_what_left_is_written_in_the_security_log_without_its_content(school: School, noted: Noted, rooms: list[str]) -> None:
    token = token_of(school, "school")
    get("/export/rooms.csv?q=joao", token)
    get("/export/rooms.xlsx", token)
    get("/export/memory_nodes.csv", token)
    who = {"actor": school.people[Role.SCHOOL], "role": "school", "school": school.id, "address": "127.0.0.1"}
    assert noted("exported", "not_allowed") == [
        {"event": "exported", **who, "table": "rooms", "count": 1, "reason": "csv"},
        {"event": "exported", **who, "table": "rooms", "count": 4, "reason": "xlsx"},
        {"event": "not_allowed", **who, "reason": "export: school may not read memory_nodes"},
    ]


def test_a_search_that_may_not_stand_in_a_url_goes_along_by_a_handle_that_is_its_persons_alone(school: School) -> None:
    it = Browser(school, "school").open("users")
    it.put({"search-users": "sofia@student@example.com"}).run()
    it.put({"search-users": "student@example.com"}).run()
    [address] = {each.proto.url for each in it.at.get("link_button") if each.proto.url.startswith("/export/users.csv")} - {
        each.proto.url for each in it.at.get("link_button") if "columns=all" in each.proto.url
    }
    assert "student" not in address
    assert "s=" in address
    assert names(get(address, token_of(school, "school"))) == ["Sofia"]
    assert get(address, token_of(school, "staff")).status_code == 404
    assert get(address.replace("users.csv", "leads.csv"), token_of(school, "school")).status_code == 404


def test_the_list_offers_its_file_as_it_stands(school: School, rooms: list[str]) -> None:
    it = Browser(school, "teacher").open("rooms", f_is_active="yes", sort="-capacity", page="1")
    found = {each.proto.label: each.proto.url for each in it.at.get("link_button")}
    assert found["CSV, these columns"] == "/export/rooms.csv?f_is_active=yes&sort=-capacity&lang=en"
    assert names(get(found["CSV, all columns"], token_of(school, "teacher"))) == ["Áurea", "Sala 1", "João"]
    assert get(found["Excel, these columns"], token_of(school, "teacher")).status_code == 200


def test_a_file_breaks_off_when_its_persons_session_ends(
    school: School, noted: Noted, monkeypatch: pytest.MonkeyPatch, rooms: list[str]
) -> None:
    monkeypatch.setattr(lists, "BATCH", 1)
    token, read = token_of(school, "school"), lists.read_batch

    def then_end(*given: Any) -> Any:
        found = read(*given)
        end(token)
        return found

    monkeypatch.setattr(lists, "read_batch", then_end)
    with pytest.raises(Interrupted):
        get("/export/rooms.csv", token)
    assert [(each["event"], each["count"]) for each in noted("exported", "export_broken")] == [("export_broken", 1)]
    assert get("/export/rooms.xlsx", token).status_code == 404


def test_a_session_stands_for_its_own_person_and_role_until_it_ends(school: School) -> None:
    token = token_of(school, Role.TEACHER)
    asking = Asking(token, school.actor(Role.TEACHER), "en", "")
    assert asking.is_still_here()
    assert not replace(asking, actor=school.actor(Role.STAFF)).is_still_here()
    end(token)
    assert not asking.is_still_here()


def test_a_list_whose_page_is_not_open_does_not_leave(
    school: School, monkeypatch: pytest.MonkeyPatch, nothing: tuple[Any, ...], noted: Noted
) -> None:
    token = token_of(school, Role.SCHOOL)
    assert get("/export/rooms.csv", token).status_code == 200
    monkeypatch.setattr(Page, "opens_for", lambda *_given: False)
    assert told(get("/export/rooms.csv", token)) == nothing
    assert [each["reason"] for each in noted("not_allowed")] == ["export: the page is not open"]


def test_a_file_that_has_left_takes_no_other_from_the_count() -> None:
    with export._counted("someone"):
        with export._counted("someone"):
            pass
        assert export._under_way["someone"] == 1
    assert "someone" not in export._under_way


def test_nobody_has_more_than_a_few_files_on_their_way(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(export._under_way, school.people[Role.SCHOOL], export.EACH)
    busy = get("/export/rooms.csv", token_of(school, "school"))
    assert (busy.status_code, "several files" in busy.text) == (429, True)
    assert get("/export/rooms.csv", token_of(school, "teacher")).status_code == 200
    del export._under_way[school.people[Role.SCHOOL]]
    for _each in range(export.EACH + 1):
        assert get("/export/rooms.csv", token_of(school, "school")).status_code == 200


def test_the_database_being_away_is_said_calmly(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(school, "school")
    engine().dispose()
    monkeypatch.setenv("TURSO_DATABASE_URL", "file:/nowhere/at/all.db")
    away = get("/export/rooms.csv", token)
    assert (away.status_code, "nowhere" in away.text) == (503, False)


def test_every_table_of_every_role_can_leave_as_its_page_shows_it(school: School) -> None:
    from domain.registry import GROUPS
    from pages._shell.catalog import page_of

    for role in Role:
        token, actor = token_of(school, role), school.actor(role)
        for table in (each for group in GROUPS.values() for each in group.tables):
            shown = page_of(table).opens_for(role) and bool(resolve(actor, spec_of(table)).columns)
            readable = shown and export.decide(actor, "R", table)
            assert get(f"/export/{table}.csv", token, method="HEAD").status_code == (200 if readable else 404), (role, table)


def test_a_handle_of_a_search_is_forgotten_when_there_are_too_many(school: School) -> None:
    kept = links._Searches()
    first = kept.keep(school.actor("school"), "users", "first")
    for number in range(links.SEARCHES):
        kept.keep(school.actor("school"), "users", str(number))
    assert len(kept.kept) == links.SEARCHES
    assert first not in kept.kept


def test_of_the_schools_settings_only_the_parts_that_are_shown_leave(school: School, sql: Any) -> None:
    sql("""UPDATE organizations SET settings = '{"time_zone": "America/Manaus", "holidays": ["2026-09-07"]}'""")
    told_to_a_student = get("/export/organizations.csv?columns=all", token_of(school, "student")).text
    assert "2026-09-07" in told_to_a_student
    assert "Manaus" not in told_to_a_student
    assert "Manaus" in get("/export/organizations.csv?columns=all", token_of(school, "owner")).text
