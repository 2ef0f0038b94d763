"""People's pictures: what becomes of an upload, who sees it, and the page where one gives it."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core import pictures
from domain.core.models import User
from domain.core.picture_models import Picture
from domain.core.pictures import LARGEST, LARGEST_UPLOAD, SIDE, keep, may_change, remove, tidied
from domain.kit.errors import InvalidInput, NotAllowed
from domain.kit.ids import new_id
from domain.kit.phones import format_phone
from domain.records import write
from pages._shell.cells import own_picture, person_html
from tests.conftest import School
from tests.pages.browser import Browser
from tests.pages.conftest import Ask
from tests.pages.files import get, token_of, told

SECRET = b"taken at home, 23.5505 S 46.6333 W"


def drawn(width: int = 640, height: int = 480, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture: red above, blue below."""
    made = Image.new(mode, (width, height), "red")
    made.paste("blue", (0, height // 2, width, height))
    file = io.BytesIO()
    made.save(file, kind, **options)
    return file.getvalue()


def seen(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def bomb(width: int, height: int) -> bytes:
    """A PNG whose head promises so many pixels, and whose body is a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 10_000)) + chunk(b"IEND", b"")


def give(school: School, role: Role, data: bytes | None = None) -> str:
    """Give the person of a role a picture; its address."""
    with unit_of_work(school.actor(role)) as session:
        return keep(session, data or drawn())


def address_of(sql: Ask, person: str) -> str | None:
    [row] = sql("SELECT avatar_url FROM users WHERE id = ?", person)
    address: str | None = row["avatar_url"]
    return address


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_small_square_and_bare(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    given = drawn(kind=kind, exif=exif, **({"icc_profile": b"x" * 500} if kind != "WEBP" else {})) + SECRET
    assert SECRET in given
    kept = tidied(given)
    found = seen(kept)
    assert (found.format, found.size, found.mode) == ("WEBP", (SIDE, SIDE), "RGB")
    assert SECRET not in kept
    assert not found.getexif()
    assert "icc_profile" not in found.info
    red, _green, blue = found.getpixel((SIDE // 2, 20))
    assert red > 200 > blue


def test_a_picture_that_was_taken_upright_stays_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    red, _green, blue = seen(tidied(drawn(exif=exif))).getpixel((SIDE // 2, 20))
    assert blue > 200 > red


def test_what_was_transparent_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(file, "PNG")
    assert seen(tidied(file.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_without_any_order_stays_small_enough_for_one_row() -> None:
    noise = Image.effect_noise((900, 900), 200).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "PNG")
    assert len(tidied(file.getvalue())) <= LARGEST


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This isn't a picture that can be used."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "This isn't a picture that can be used."),
        (b"GIF89a" + b"\x00" * 100, "This isn't a picture that can be used."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "This isn't a picture that can be used."),
        (drawn()[:-2000], "This isn't a picture that can be used."),
        (drawn(kind="TIFF"), "This isn't a picture that can be used."),
        (drawn(kind="BMP"), "This isn't a picture that can be used."),
        (bomb(60_000, 60_000), "This picture has too many pixels."),
        (bomb(2**31 - 1, 2**31 - 1), "This"),
        (b"\xff" * (LARGEST_UPLOAD + 1), "This file is too large: at most 5 MB."),
    ],
    ids=["empty", "svg", "gif", "postscript", "cut", "tiff", "bmp", "bomb", "larger bomb", "6 MB"],
)
def test_what_is_no_usable_picture_is_refused_at_its_field(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tidied(data)
    [problem] = refused.value.problems
    assert problem.field == "picture"
    assert problem.message.startswith(said)


def test_a_new_picture_takes_the_place_of_the_one_before(school: School, sql: Ask) -> None:
    first, person = give(school, Role.STUDENT), school.people[Role.STUDENT]
    second = give(school, Role.STUDENT, drawn(200, 200))
    assert address_of(sql, person) == second != first
    assert [f"/picture/{each['id']}" for each in sql("SELECT id FROM pictures")] == [second]
    with unit_of_work(school.actor(Role.STUDENT)) as session:
        remove(session, person)
    assert (address_of(sql, person), sql("SELECT id FROM pictures")) == (None, [])


def test_who_is_deleted_takes_their_picture_along(school: School, sql: Ask) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        values = {"first_name": "Nina", "last_name": "Reis", "role": "student"}
        person = write.create(session, User, values).id
        image = tidied(drawn())
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.add(Picture(user_id=person, image=image, digest="x"))
        with pytest.raises(NotAllowed):
            session.flush()
        session.rollback()
    address = give(school, Role.STUDENT)
    sql("UPDATE pictures SET user_id = ?", person)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.remove(session, User, [person])
    assert sql("SELECT id FROM pictures") == []
    assert get(address, token_of(school, "school")).status_code == 404


def test_the_trail_keeps_that_a_picture_changed_and_nothing_of_it(school: School, sql: Ask) -> None:
    give(school, Role.STUDENT)
    [entry] = sql("SELECT * FROM trail_entries WHERE table_name = 'pictures'")
    assert (entry["action"], entry["user_id"]) == ("C", school.people[Role.STUDENT])
    assert sql("SELECT id FROM trail_values WHERE entry_id = ?", entry["id"]) == []


def test_a_picture_is_seen_by_those_who_may_read_its_person(school: School, noted: Callable[..., Any]) -> None:
    nothing = told(get("/export/nothing.csv"))
    seen_by = {
        Role.STUDENT: {Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF, Role.SCHOOL, Role.OWNER},
        Role.TEACHER: set(Role),  # on the card of the school's adults, which everyone reads
        Role.PARENT: {Role.PARENT, Role.STAFF, Role.SCHOOL, Role.OWNER},
    }
    for person, readers in seen_by.items():
        address = give(school, person)
        for role in Role:
            answer = get(address, token_of(school, role))
            if role in readers:
                assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
                assert seen(answer.content).size == (SIDE, SIDE)
            else:
                assert told(answer) == nothing, (person, role)
    assert told(get(f"/picture/{new_id()}", token_of(school, "school"))) == nothing
    before = noted("record_missing")
    assert told(get("/picture/none", token_of(school, "school"))) == nothing
    assert noted("record_missing") == before, "what is no key is no record that somebody missed"


def test_a_browser_keeps_a_picture_and_asks_each_time_whether_it_still_may(school: School, sql: Ask) -> None:
    address, token = give(school, Role.STUDENT), token_of(school, "parent")
    first = get(address, token)
    assert first.headers["cache-control"] == "private, no-cache"
    again = get(address, token, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert get(address, token, if_none_match='"other"').status_code == 200
    sql("UPDATE families SET access = 'none'")
    assert told(get(address, token, if_none_match=first.headers["etag"])) == told(get("/export/nothing.csv"))
    assert told(get(address, None, if_none_match=first.headers["etag"])) == told(get("/export/nothing.csv"))


def test_only_a_picture_of_the_app_itself_is_shown() -> None:
    mine = f"/picture/{new_id()}"
    assert own_picture(mine) == mine
    elsewhere = ("https://example.com/a.jpg", "//example.com/a.jpg", f"https://x{mine}")
    for other in (*elsewhere, f"{mine}?x", '/picture/"><script>', None, ""):
        assert own_picture(other) == ""
        assert "<img" not in person_html("Ana", picture=other)
    assert f'src="{mine}"' in person_html("Ana", picture=mine)


def test_a_persons_record_shows_their_picture_and_no_other_hosts(school: School, sql: Ask) -> None:
    address, person = give(school, Role.STUDENT), school.people[Role.STUDENT]
    it = Browser(school, Role.TEACHER).open("users", record=person)
    assert f'src="{address}"' in it.text()
    sql("UPDATE users SET avatar_url = 'https://example.com/a.jpg' WHERE id = ?", person)
    record = it.run().text().split('class="c-record"')[1].split("</dl>")[0]
    assert "<img" not in record
    assert "https://example.com/a.jpg" in record


def test_a_person_of_whom_there_is_nothing_but_a_picture_has_a_record(school: School, sql: Ask) -> None:
    """Pictures are in no list, so no list of them is offered beside the record."""
    address, person = give(school, Role.TEACHER), school.people[Role.TEACHER]
    sql("UPDATE classes SET teacher_id = NULL")
    it = Browser(school, Role.STAFF).open("users", record=person)
    assert f'src="{address}"' in it.text()
    assert "Related records" not in it.text()


def test_a_person_with_a_picture_is_edited_as_before(school: School) -> None:
    address = give(school, Role.STUDENT)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        person = session.get(User, school.people[Role.STUDENT])
        values = {"first_name": "Sophia", "avatar_url": address}
        write.update(session, User, person.id, values, version=person.row_version, opened={})
        with pytest.raises(InvalidInput):
            write.update(session, User, person.id, {"avatar_url": "/people?x=1"}, version=person.row_version, opened={})


@pytest.mark.parametrize("role", list(Role))
def test_everyone_may_change_their_own_picture_but_coordination_that_is_also_owner(school: School, role: Role) -> None:
    with reading(school.actor(role)) as session:
        # The founder holds both roles, and coordination writes no owner's record: they do it as owner.
        assert may_change(session, school.people[role]) is (role is not Role.SCHOOL)
        others = [each for each in Role if each is not role]
        theirs = {each for each in others if may_change(session, school.people[each])}
    assert theirs == {
        Role.SCHOOL: {Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF},
        Role.OWNER: {Role.SCHOOL, Role.STAFF},
    }.get(role, set())


def upload(it: Browser, data: bytes, name: str = "me.jpg") -> Browser:
    [uploader] = it.at.get("file_uploader")
    uploader.set_value((name, data, "image/jpeg"))
    it.run()
    return it.click("profile-use")


def test_a_picture_is_given_and_taken_away_on_ones_own_page(school: School, sql: Ask) -> None:
    it = upload(Browser(school, "student").follow("profile"), drawn())
    address = address_of(sql, school.people[Role.STUDENT])
    assert address is not None
    assert address in it.text()
    it.click("profile-remove")
    assert address_of(sql, school.people[Role.STUDENT]) is None
    assert address not in it.text()


def test_what_is_wrong_with_a_picture_is_said_at_its_field(school: School, noted: Callable[..., Any]) -> None:
    it = upload(Browser(school, "student").follow("profile"), b"no picture at all")
    [said] = it.problems("profile-picture-picture")
    assert said == "This isn&#x27;t a picture that can be used. Please choose a JPEG, PNG or WebP file."
    [line] = noted("upload_refused")
    assert (line["actor"], line["table"], line["count"]) == (school.people[Role.STUDENT], "pictures", 17)


def test_phone_and_language_are_changed_on_ones_own_page(school: School, sql: Ask) -> None:
    [before] = sql("SELECT phone, language FROM users WHERE id = ?", school.people[Role.TEACHER])
    it = Browser(school, "teacher").follow("profile")
    it.put({"profile-phone": "12", "profile-language": "pt_BR"}).click("profile-save")
    assert it.problems("profile-phone") == ["This isn&#x27;t a phone number, such as (11) 98765-4321."]
    it.put({"profile-phone": "(11) 98765-4321"}).click("profile-save")
    [row] = sql("SELECT phone, language FROM users WHERE id = ?", school.people[Role.TEACHER])
    assert (row["phone"], row["language"]) == ("11987654321", "pt_BR")
    assert "Como a escola fala com você" in it.text()
    it.click("undo")
    assert sql("SELECT phone, language FROM users WHERE id = ?", school.people[Role.TEACHER]) == [before]
    assert "How the school reaches you" in it.text()
    assert it.at.text_input(key="profile-phone").value == format_phone(before["phone"] or "")


def test_who_may_not_change_their_record_in_this_role_is_told(school: School) -> None:
    it = Browser(school, "school").follow("profile")
    assert any("Choose another of your roles" in each for each in it.said())
    assert not it.has("profile-save")
    assert not it.at.get("file_uploader")


def test_pictures_are_in_no_list_and_no_search(school: School) -> None:
    from pages._shell.catalog import page_of

    with pytest.raises(KeyError):
        page_of("pictures")
    give(school, Role.STUDENT)
    with reading(school.actor(Role.TEACHER)) as session:
        assert len(session.scalars(select(pictures.Picture.id)).all()) == 1
