"""A forgotten password by mail: whoever gives an e-mail is told the same, in the same time, whether anyone has it or not.

What is asked is only counted and put aside; who has the e-mail is looked up, and mail sent, by a thread of its own. A link stands
in the mail alone: no log holds it.
"""

import logging
import threading
import time
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from queue import Full, Queue

from sqlalchemy import select

from domain.access import attempts, security_log
from domain.access.accounts import accounts, connected, table_named
from domain.access.attempts import Limit
from domain.access.reset_links import make_link
from domain.access.security_log import Event
from domain.db.shapes import has_unkept
from domain.kit import mail
from domain.kit.texts import _, best_language, language, set_language

log = logging.getLogger("constela")

# A person asks twice at most; whoever floods someone's inbox waits, and only for mail: signing in goes on.
MAILS = Limit(free=2, longest=timedelta(hours=1), forgiven=timedelta(hours=1), first=timedelta(minutes=1))
WAITING_AT_MOST = 200
PAUSES = (5.0, 60.0)  # seconds before a mail that was refused for now is tried again


@dataclass(frozen=True)
class _Wish:
    email: str
    language: str
    address: str


_wishes: Queue[_Wish] = Queue(WAITING_AT_MOST)
_starting = threading.Lock()
_worker: list[threading.Thread] = []


def can_ask() -> bool:
    """Whether a link can come by mail at all: a server, a sender and the app's own address are set."""
    return mail.can_send_links()


def ask(email: str, *, address: str = "") -> None:
    """Have a link for a new password sent to whoever has this e-mail, if anyone has. Raises TooManyAttempts.

    `address`: where the browser is on the network. Nothing that it does or takes tells whether the e-mail is known.
    """
    attempts.begin(f"mail to {email.strip().lower()}", address, account=MAILS)
    try:
        _wishes.put_nowait(_Wish(email.strip().lower(), language(), address))
    except Full:
        log.error("a mail was not sent: too many are waiting")
    _start()


def wait() -> None:
    """Until all that was asked for is sent or given up."""
    _wishes.join()


def _start() -> None:
    with _starting:
        if not _worker or not _worker[0].is_alive():
            _worker[:] = [threading.Thread(target=_work, name="constela-mail", daemon=True)]
            _worker[0].start()


def _work() -> None:
    while True:
        wish = _wishes.get()
        try:
            copy_context().run(_fulfil, wish)
        except mail.MailUnsent as error:
            log.error("a mail was not sent: %s", error.reason)
        except Exception as error:  # whatever it is, the next one is sent
            log.error("a mail was not sent: %s", type(error).__name__)
        finally:
            _wishes.task_done()


@dataclass(frozen=True)
class _Link:
    user_id: str
    school_id: str
    school: str
    name: str
    address: str


def _fulfil(wish: _Wish) -> None:
    links, spoken = _links(wish)
    if links:
        set_language(spoken)
        _send(wish.email, _subject(links), _text(links))
        for each in links:
            security_log.record(Event.LINK_MAILED, person=each.user_id, school=each.school_id, address=wish.address)


def _links(wish: _Wish) -> tuple[list[_Link], str]:
    """A link for each school that knows the e-mail, and the language to write in. Invented people get no mail."""
    users, schools, base = table_named("users"), table_named("organizations"), mail.app_address()
    if has_unkept(wish.email) or not wish.email or base is None:
        return [], wish.language
    with connected(writing=True) as connection:
        found = [account for account, _hash in accounts(connection, users.c.email == wish.email, ~schools.c.is_demo)]
        links = []
        for account in found:
            of = {"user_id": account.user_id, "organization_id": account.organization_id}
            code = make_link(connection, **of, made_by=None, mailed_to=wish.email)
            links.append(
                _Link(account.user_id, account.organization_id, account.school_name, account.name, f"{base}/?reset={code}")
            )
        keys = [account.user_id for account in found]
        chosen = connection.execute(select(users.c.language).where(users.c.id.in_(keys), users.c.language.is_not(None))).scalar()
    return links, best_language(chosen, wish.language)


def _subject(links: Sequence[_Link]) -> str:
    if len(links) == 1:
        return _("A new password for {school}").format(school=links[0].school)
    return _("A new password")


def _text(links: Sequence[_Link]) -> str:
    """The mail's words, in the language spoken now."""
    hello = _("Hello {name},").format(name=links[0].name)
    without = _("If it wasn't you, do nothing: your password stays as it is, and nobody has learned it.")
    if len(links) == 1:
        asked = _("A new password was asked for at {school}. With this link you choose one. It works once, within 30 minutes:")
        parts = [hello, asked.format(school=links[0].school), links[0].address, without]
    else:
        asked = _("A new password was asked for. Several schools know your e-mail; each link works once, within 30 minutes:")
        parts = [hello, asked, *(f"{each.school}\n{each.address}" for each in links), without]
    return "\n\n".join(parts) + "\n"


def _send(to: str, subject: str, text: str) -> None:
    for pause in (*PAUSES, None):
        try:
            mail.send(to, subject, text)
        except mail.MailUnsent as error:
            if error.lasting or pause is None:
                raise
            time.sleep(pause)
        else:
            return
