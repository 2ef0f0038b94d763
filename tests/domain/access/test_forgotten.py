"""A forgotten password by mail: the same answer for everyone, a mail for whoever it concerns, a link that works once."""

import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.access import forgotten
from domain.access.attempts import TooManyAttempts
from domain.access.roles import Role
from domain.access.sign_in import check_password, hand_out, link_holds, use_link
from domain.db.engine import engine
from domain.kit import mail
from domain.kit.mail import MailUnsent
from domain.kit.texts import set_language
from tests.conftest import PASSWORD, School
from tests.factories.mailbox import Mailbox, certificate, mailbox

NEW = "violet otters juggle"
LINK = re.compile(r"https://escola\.example/\?reset=(\S+)")


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server on this machine, which the environment names."""
    with mailbox() as box:
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp+plain://127.0.0.1:{box.port}")
        monkeypatch.setenv("CONSTELA_MAIL_FROM", "Escola Aurora <escola@escola.example>")
        monkeypatch.setenv("CONSTELA_URL", "https://escola.example/")
        monkeypatch.setattr(forgotten, "PAUSES", (0.0, 0.0))
        yield box


def body(box: Mailbox) -> str:
    [only] = box.mails
    return str(only.get_content()).replace("\r\n", "\n")


def test_the_link_comes_by_mail_and_gives_a_new_password_once(school: School, post: Mailbox) -> None:
    forgotten.ask(" Teacher@Example.com ")
    forgotten.wait()
    [sent] = post.mails
    assert (sent["To"], sent["From"]) == ("teacher@example.com", "Escola Aurora <escola@escola.example>")
    assert sent["Subject"] == "A new password for Escola Aurora"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent.get_content_type() == "text/plain"
    assert body(post).startswith("Hello Tomás Lima,\n\nA new password was asked for at Escola Aurora.")
    [code] = LINK.findall(body(post))
    use_link(code, NEW)
    assert check_password("teacher@example.com", NEW)
    assert not link_holds(code)


@pytest.mark.parametrize("email", ["nobody@example.com", "", "nonsense", "a\ud800@example.com", "x" * 5000])
def test_who_is_unknown_is_answered_alike_and_gets_no_mail(
    email: str, school: School, post: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    forgotten.ask(email)
    forgotten.wait()
    assert post.mails == []
    assert [each for each in caplog.records if each.name == "constela"] == [], "there was no mail to be sent"


def test_what_a_school_handed_out_stands_whoever_asks_for_a_mail(school: School, post: Mailbox) -> None:
    handed = hand_out(school.actor("school"), school.people[Role.TEACHER])
    codes = []
    for _asked in range(2):
        forgotten.ask("teacher@example.com")
        forgotten.wait()
        codes += LINK.findall(str(post.mails[-1].get_content()))
    assert [link_holds(each) for each in (handed, *codes)] == [True, False, True]
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET email = 'tomas@example.com' WHERE email = 'teacher@example.com'")
    assert [link_holds(each) for each in (handed, *codes)] == [True, False, False]


def test_someone_disabled_or_invented_gets_none(school: School, post: Mailbox) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET is_active = 0 WHERE email = 'teacher@example.com'")
    forgotten.ask("teacher@example.com")
    forgotten.wait()
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE organizations SET is_demo = 1")
    forgotten.ask("student@example.com")
    forgotten.wait()
    assert post.mails == []


def test_the_answer_waits_for_no_mail_server(school: School, post: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking someone up, and sending, is another thread's work: what happens there can't be told from the answer."""
    threads: list[str] = []
    import threading

    monkeypatch.setattr(forgotten, "_fulfil", lambda _wish: (threads.append(threading.current_thread().name), time.sleep(0.2)))
    for email in ("teacher@example.com", "nobody@example.com"):
        forgotten.ask(email)
    assert len(threads) < 2
    forgotten.wait()
    assert threads == ["constela-mail"] * 2


def test_a_third_mail_must_wait_and_signing_in_goes_on(school: School, post: Mailbox) -> None:
    for email in ("teacher@example.com", "nobody@example.com"):
        forgotten.ask(email)
        forgotten.ask(email)
        with pytest.raises(TooManyAttempts) as refused:
            forgotten.ask(email)
        assert 50 < refused.value.seconds <= 60
    forgotten.wait()
    assert len(post.mails) == 2
    assert check_password("teacher@example.com", PASSWORD)


def test_one_mail_names_each_school_that_knows_the_e_mail(school: School, post: Mailbox) -> None:
    from domain.access.actor import Actor
    from domain.access.uow import unit_of_work
    from domain.core.models import Organization, User
    from domain.kit.ids import new_id

    other = new_id()
    with unit_of_work(Actor.system(other, "test")) as session:
        session.add(Organization(id=other, name="Escola Boreal", slug="boreal"))
        session.flush()
        session.add(User(first_name="Tomás", last_name="Lima", email="teacher@example.com", role="teacher", language="en"))
    set_language("pt_BR")
    forgotten.ask("teacher@example.com")
    forgotten.wait()
    said = body(post)
    assert said.startswith("Hello Tomás"), "in the language that they chose at one of them"
    assert post.mails[0]["Subject"] == "A new password"
    assert re.findall(r"(Escola \w+)\nhttps://escola\.example/\?reset=\S+", said) == ["Escola Aurora", "Escola Boreal"]
    assert len(set(LINK.findall(said))) == 2
    assert all(link_holds(code) for code in LINK.findall(said))


def test_the_mail_is_in_the_language_that_the_person_chose_else_in_the_browsers(school: School, post: Mailbox) -> None:
    set_language("pt_BR")
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET language = 'en' WHERE email = 'teacher@example.com'")
    for email in ("teacher@example.com", "student@example.com"):
        forgotten.ask(email)
    forgotten.wait()
    first, second = (str(each.get_content()) for each in post.mails)
    assert first.startswith("Hello Tomás")
    assert second.startswith("Olá, Sofia")


def test_a_refusal_for_now_is_tried_again_and_a_lasting_one_is_not(
    school: School, post: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    post.refusing = ["451 come back later"]
    forgotten.ask("teacher@example.com")
    forgotten.wait()
    assert len(post.mails) == 1
    post.refusing = ["550 no such mailbox"]
    forgotten.ask("student@example.com")
    forgotten.wait()
    assert (len(post.mails), post.refusing) == (1, [])
    post.refusing = ["451 come back later"] * 3
    forgotten.ask("parent@example.com")
    forgotten.wait()
    assert (len(post.mails), post.refusing) == (1, []), "it was tried three times"
    assert [each.getMessage() for each in caplog.records if each.name == "constela"] == [
        "a mail was not sent: the receiver was refused ([550])",
        "a mail was not sent: the receiver was refused ([451])",
    ]


def test_no_log_holds_a_link_or_an_e_mail(school: School, post: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    forgotten.ask("teacher@example.com")
    forgotten.wait()
    post.refusing = ["550 no teacher@example.com here"]
    forgotten.ask("teacher@example.com")
    forgotten.wait()
    [code] = LINK.findall(body(post))
    said = "\n".join(each.getMessage() for each in caplog.records)
    assert [each for each in (code, "teacher@example.com") if each in said] == []


def test_without_a_server_or_the_apps_address_no_link_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "CONSTELA_SMTP_URL": "smtps://mail.example.org",
        "CONSTELA_MAIL_FROM": "escola@example.org",
        "CONSTELA_URL": "https://escola.example",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert (forgotten.can_ask(), mail.trouble()) == (True, [])
    for name in settings:
        with monkeypatch.context() as without:
            without.delenv(name)
            assert not forgotten.can_ask()
    for name, nonsense in (
        ("CONSTELA_SMTP_URL", "http://mail.example.org"),
        ("CONSTELA_SMTP_URL", "smtp://mail.example.org:port"),
        ("CONSTELA_SMTP_URL", "smtp+plain://mail.example.org"),
        ("CONSTELA_MAIL_FROM", "nobody"),
        ("CONSTELA_MAIL_FROM", "a@example.org\nBcc: b@example.org"),
        ("CONSTELA_URL", "escola.example"),
        ("CONSTELA_URL", "javascript:alert(1)"),
    ):
        with monkeypatch.context() as wrong:
            wrong.setenv(name, nonsense)
            assert not forgotten.can_ask(), nonsense
            assert mail.trouble() == [name]


# The way to the server.


@pytest.mark.parametrize("from_the_start", [False, True])
def test_mail_goes_over_tls_to_a_server_that_can_prove_who_it_is(
    from_the_start: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, shown = certificate(tmp_path)
    monkeypatch.setenv("CONSTELA_MAIL_FROM", "escola@escola.example")
    with mailbox(tls=shown, from_the_start=from_the_start) as box:
        box.users = {"escola": "s3cret @ word"}
        scheme = "smtps" if from_the_start else "smtp"
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"{scheme}://escola:s3cret%20%40%20word@127.0.0.1:{box.port}")
        with pytest.raises(MailUnsent) as refused:
            mail.send("a@example.org", "Hello", "text")
        assert refused.value.reason == "SSLCertVerificationError"
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        mail.send("a@example.org", "Olá\nBcc: evil@example.org", "É um texto.\n.\nFim.")
        assert box.encrypted == [True]
        assert box.envelopes == [("escola@escola.example", "a@example.org")]
        [sent] = box.mails
        assert (sent["Subject"], sent["Bcc"]) == ("Olá Bcc: evil@example.org", None)
        assert str(sent.get_content()).replace("\r\n", "\n") == "É um texto.\n.\nFim.\n"
        assert all("escola.example" in each for each in box.greetings), "the machine's own name is nobody's to know"


def test_a_certificate_for_another_host_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, shown = certificate(tmp_path, address="127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("CONSTELA_MAIL_FROM", "escola@escola.example")
    with mailbox(tls=shown) as box:
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        with pytest.raises(MailUnsent):
            mail.send("a@example.org", "Hello", "text")
        assert box.mails == []


def test_nothing_is_sent_where_tls_is_wanted_and_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when someone between the two takes the offer out: neither password nor link leaves in the clear."""
    monkeypatch.setenv("CONSTELA_MAIL_FROM", "escola@escola.example")
    with mailbox() as box:
        box.users = {"escola": "secret"}
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp://escola:secret@127.0.0.1:{box.port}")
        with pytest.raises(MailUnsent) as refused:
            mail.send("a@example.org", "Hello", "text")
        assert (refused.value.reason, refused.value.lasting, box.mails) == ("SMTPNotSupportedError", True, [])


def test_a_wrong_password_or_nobody_there_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTELA_MAIL_FROM", "escola@escola.example")
    with mailbox() as box:
        box.users = {"escola": "secret"}
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp+plain://escola:wr0ng@127.0.0.1:{box.port}")
        with pytest.raises(MailUnsent) as refused:
            mail.send("a@example.org", "Hello", "text")
        assert (refused.value.reason, refused.value.lasting) == ("SMTPAuthenticationError (535)", True)
    with pytest.raises(MailUnsent) as away:
        mail.send("a@example.org", "Hello", "text")
    assert (away.value.reason, away.value.lasting) == ("ConnectionRefusedError", False)
    assert "wr0ng" not in repr(mail.server())


@pytest.mark.parametrize("to", ["", "nobody", "a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", "@"])
def test_what_is_no_single_address_is_sent_nothing(to: str, post: Mailbox) -> None:
    with pytest.raises(MailUnsent):
        mail.send(to, "Hello", "text")
    assert post.mails == []
