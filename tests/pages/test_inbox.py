"""The inbox: everyone's own notices, in their language, read and unread; mails as coordination sees them."""

from sqlalchemy import update

from domain.access.accounts import table_named
from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.db.engine import engine
from domain.kit.texts import N_
from domain.outbox.enums import MailStatus
from domain.outbox.service import tell
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser


def test_one_reads_what_one_was_told_and_marks_it(school: School) -> None:
    it = Browser(school, Role.STUDENT).follow("inbox")
    assert it.has("hollow-no-notices")
    assert not it.has("read-all")
    with unit_of_work(school.job) as session:
        for name in ("<b>one</b>", "two"):
            tell(
                session,
                [school.people[Role.STUDENT]],
                "news",
                N_("Hello {name},"),
                {"name": name},
                about=("classes", school.klass),
            )
    it = Browser(school, Role.STUDENT).follow("inbox")
    assert [each.label for each in it.at.get("page_link") if each.label.startswith("Inbox")] == ["Inbox (2)"]
    assert "Hello &lt;b&gt;one&lt;/b&gt;," in it.text()  # a person's words are shown as they are
    assert it.text().index("Hello two,") < it.text().index("Hello &lt;b&gt;")
    first = next(key for key in it.widgets("read-") if key != "read-all")
    it.click(first)
    assert [each.label for each in it.at.get("page_link") if each.label.startswith("Inbox")] == ["Inbox (1)"]
    it.put({"inbox-view": "unread"}).run()
    assert it.query["show"] == "unread"
    assert "1 notice" in it.text()
    assert "Hello two," not in it.text()
    it.click("read-all")
    assert it.has("hollow-no-notices")
    assert "Mails" not in it.widgets()["inbox-view"].options  # only coordination sees whether mails went out
    parent = Browser(school, Role.PARENT).follow("inbox")
    assert "Sofia: Hello two," in parent.text()


def test_whoever_opens_what_a_notice_speaks_of_has_read_it(school: School) -> None:
    with unit_of_work(school.job) as session:
        for about in (("classes", school.klass), ("leads", school.klass)):
            tell(session, [school.people[Role.STUDENT]], "news", N_("Hello {name},"), {"name": about[0]}, about=about)
    it = Browser(school, Role.STUDENT).follow("inbox")
    [opens] = it.widgets("open-")  # leads are not a student's to open
    it.click(opens)
    assert it.query["record"] == school.klass
    assert "Sala 1" in it.text()
    assert [each.label for each in it.at.get("page_link") if each.label.startswith("Inbox")] == ["Inbox (1)"]


def test_coordination_sees_whether_mails_went_out_and_nothing_of_what_they_say(school: School) -> None:
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        person = school.people[Role.PARENT]
        sent = {
            "user_id": person,
            "subject": "A session is moved · Escola Aurora",
            "body": "Our secret.",
            "address": "p@example.com",
        }
        rows.add("outgoing_mails", **sent)
        failed = rows.add("outgoing_mails", **sent)
        table = table_named("outgoing_mails")
        connection.execute(update(table).where(table.c.id == failed).values(status=MailStatus.FAILED, attempts=7))
    it = Browser(school, Role.SCHOOL).follow("inbox", show="mails")
    for said in ("Paula Lima", "A session is moved", "Could not be sent", "Waiting to be sent", "7 attempts"):
        assert said in it.text()
    assert "secret" not in it.text()
    other = Browser(school, Role.OWNER).follow("inbox", show="mails")
    assert "A session is moved" not in other.text()
