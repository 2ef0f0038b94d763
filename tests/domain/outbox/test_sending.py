"""Sending what waits: once, to a real server, again with growing waits, and given up at last."""

import datetime as dt
import logging
import threading
import time
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.access.accounts import table_named
from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.cli import doctor
from domain.cli.main import main
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.texts import N_
from domain.outbox import sender
from domain.outbox.enums import MailStatus
from domain.outbox.sender import Outcome, send_due, standing, sweep
from domain.outbox.service import tell
from tests.conftest import School
from tests.domain.outbox.test_telling import post  # noqa: F401 -- a fixture
from tests.factories.mailbox import Mailbox


def queue(school: School, *roles: Role) -> None:
    with unit_of_work(school.job) as session:
        tell(session, [school.people[role] for role in roles], "news", N_("Nothing."), guardians=False)


def rows() -> list[Any]:
    table = table_named("outgoing_mails")
    with engine().connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.address)))


def later(**values: Any) -> None:
    """Let the time of the next attempt come."""
    table = table_named("outgoing_mails")
    with engine().begin() as connection:
        connection.execute(update(table).values(**(values or {"next_try_at": now() - dt.timedelta(seconds=1)})))


def test_what_waits_is_sent_once_and_its_text_is_gone(school: School, post: Mailbox) -> None:  # noqa: F811
    queue(school, Role.TEACHER, Role.PARENT)
    assert send_due() == Outcome(sent=2)
    assert sorted(each["To"] for each in post.mails) == ["parent@example.com", "teacher@example.com"]
    assert send_due() == Outcome()
    assert {(each.status, each.body, each.attempts) for each in rows()} == {(MailStatus.SENT, sender.GONE, 1)}
    assert all(each.sent_at for each in rows())
    assert standing() == {MailStatus.QUEUED: 0, MailStatus.SENT: 2, MailStatus.FAILED: 0}
    assert sweep() == 0
    assert sweep(now() + sender.KEPT + dt.timedelta(hours=1)) == 2


def test_a_mail_that_cannot_go_out_waits_longer_each_time_and_is_given_up(
    school: School,
    post: Mailbox,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue(school, Role.TEACHER)
    waited = []
    for _each in sender.WAITS:
        post.refusing.append("451 later")
        moment = now()
        assert send_due() == Outcome(again=1)
        assert send_due() == Outcome()  # it isn't due
        waited.append(rows()[0].next_try_at - moment)
        later()
    assert [round(each.total_seconds() / 60) for each in waited] == [1, 5, 30, 120, 360, 720]
    post.refusing.append("451 later")
    assert send_due() == Outcome(failed=1)
    assert (rows()[0].status, rows()[0].body) == (MailStatus.FAILED, sender.GONE)
    assert "teacher@example.com" not in caplog.text
    assert "Nothing." not in caplog.text
    assert "attempt 7" in caplog.text


def test_a_receiver_who_is_refused_for_good_is_given_up_at_once(school: School, post: Mailbox) -> None:  # noqa: F811
    post.refusing.append("550 no such mailbox")
    queue(school, Role.TEACHER)
    assert send_due() == Outcome(failed=1)


def test_a_password_that_the_server_refuses_gives_no_mail_up(
    school: School,
    post: Mailbox,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue(school, Role.TEACHER)
    post.users["who"] = "secret"
    monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp+plain://who:wrong@127.0.0.1:{post.port}")
    assert send_due() == Outcome(again=1)


def test_two_who_send_at_once_send_each_mail_once(school: School, post: Mailbox) -> None:  # noqa: F811
    queue(school, *Role)
    found: list[Outcome] = []
    threads = [threading.Thread(target=lambda: found.append(send_due())) for _each in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sum(each.sent for each in found) == len(post.mails) == len(Role)
    assert len({each["To"] for each in post.mails}) == len(Role)


def test_a_mail_whose_sender_died_is_taken_up_when_its_claim_has_run_out(school: School, post: Mailbox) -> None:  # noqa: F811
    queue(school, Role.TEACHER)
    [claimed] = sender._claim()
    assert sender._claim() == []
    later(next_try_at=now() - sender.CLAIM)
    assert [each.id for each in sender._claim()] == [claimed.id]


def test_the_thread_of_the_app_sends_as_soon_as_the_transaction_is_kept(school: School, post: Mailbox) -> None:  # noqa: F811
    sender.start()
    try:
        queue(school, Role.TEACHER)
        until = time.monotonic() + 10
        while not post.mails and time.monotonic() < until:
            time.sleep(0.02)
        assert [each["To"] for each in post.mails] == ["teacher@example.com"]
    finally:
        sender.stop()
        sender._worker[0].join(10)


def test_the_command_sends_and_the_doctor_tells_what_waits_and_what_failed(
    school: School,
    post: Mailbox,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en")
    queue(school, Role.TEACHER, Role.PARENT)
    post.refusing += ["550 no such mailbox"]
    assert main(["outbox", "send"]) == 1
    said = capsys.readouterr().out
    assert "1 mail was sent." in said
    assert "1 mail was given up." in said
    queue(school, Role.STAFF)
    report = doctor.examine()
    assert report.mails == {"queued": 1, "sent": 1, "failed": 1}
    assert "1 mail could not be sent." in report.trouble
    monkeypatch.delenv("CONSTELA_SMTP_URL")
    assert "1 mail waits, and no mail server is set." in doctor.examine().trouble
    assert main(["outbox", "send"]) == 2
