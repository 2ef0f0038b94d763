"""Sending mail by SMTP, where a server is set: plain text, over TLS.

`CONSTELA_SMTP_URL` names the server: `smtp://user:password@mail.example.org:587` (TLS by STARTTLS, without which nothing is sent)
or `smtps://…:465` (TLS from the start). `smtp+plain://` sends without TLS, to this machine alone. `CONSTELA_MAIL_FROM` is the
sender, `Escola Aurora <school@example.org>`. `CONSTELA_URL` is the app's own address, which links in mails begin with. A server
with a certificate of one's own authority is trusted by `SSL_CERT_FILE`.
"""

import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from domain.kit.clock import now
from domain.kit.errors import DomainError
from domain.kit.texts import N_

SERVER, SENDER, APP = "CONSTELA_SMTP_URL", "CONSTELA_MAIL_FROM", "CONSTELA_URL"
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
SECONDS = 20.0  # that a server may take for one answer


class MailUnsent(DomainError):
    """The mail didn't go out. `reason` tells the keeper why, without a word of the mail or of whom it is for.

    `lasting`: trying again would not help. `receiver`: it was this receiver who was refused; others may be taken.
    """

    source = N_("The mail could not be sent.")

    def __init__(self, reason: str, *, lasting: bool = False, receiver: bool = False) -> None:
        super().__init__()
        self.reason, self.lasting, self.receiver = reason, lasting, receiver


@dataclass(frozen=True)
class Server:
    """Where mail is handed in, and in whose name."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: Address

    def __repr__(self) -> str:
        return f"Server({self.scheme}://{self.host}:{self.port})"


def server() -> Server | None:
    """The server that the environment names; None if it names none, or not in a way that can be used: see `trouble`."""
    place, sender = _place(), _address(os.environ.get(SENDER, ""))
    if place is None or sender is None:
        return None
    scheme, host, port = place
    said = urlsplit(os.environ.get(SERVER, "").strip())
    return Server(scheme, host, port, unquote(said.username or ""), unquote(said.password or ""), sender)


def _place() -> tuple[str, str, int] | None:
    """Scheme, host and port of the server that is set."""
    said = urlsplit(os.environ.get(SERVER, "").strip())
    try:
        port = said.port or PORTS.get(said.scheme, 0)
    except ValueError:
        return None
    if said.scheme not in PORTS or not said.hostname or not port:
        return None
    if said.scheme == "smtp+plain" and not _is_own_machine(said.hostname):
        return None
    return said.scheme, said.hostname, port


def app_address() -> str | None:
    """The app's own address, `https://school.example.org`, for links in mails: never what a browser's request says."""
    said = urlsplit(os.environ.get(APP, "").strip())
    if said.scheme not in {"http", "https"} or not said.netloc or said.username or said.query or said.fragment:
        return None
    return f"{said.scheme}://{said.netloc}{said.path.rstrip('/')}"


def can_send_links() -> bool:
    """Whether mail with links to the app can go out."""
    return server() is not None and app_address() is not None


def trouble() -> list[str]:
    """The settings that are there and can't be used, and those that lack beside a server, by name."""
    fits = {
        SERVER: _place() is not None,
        SENDER: _address(os.environ.get(SENDER, "")) is not None,
        APP: app_address() is not None,
    }
    wanted = bool(os.environ.get(SERVER))
    return [name for name, good in fits.items() if not good and (wanted or os.environ.get(name))]


def send(to: str, subject: str, text: str) -> None:
    """Send a plain text to one address. Raises MailUnsent."""
    there, receiver = server(), _address(to)
    if there is None or receiver is None:
        raise MailUnsent("no server or no address", lasting=True)
    try:
        with _connected(there) as connection:
            if there.user:
                connection.login(there.user, there.password)
            connection.send_message(_message(there.sender, receiver, subject, text))
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted(code for code, _said in error.recipients.values())
        lasting = all(code >= 500 for code in codes)
        raise MailUnsent(f"the receiver was refused ({codes})", lasting=lasting, receiver=True) from None
    except smtplib.SMTPResponseException as error:
        raise MailUnsent(f"{type(error).__name__} ({error.smtp_code})", lasting=error.smtp_code >= 500) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:  # ssl's errors are OSErrors
        raise MailUnsent(type(error).__name__, lasting=isinstance(error, smtplib.SMTPNotSupportedError | ValueError)) from None


def _connected(there: Server) -> smtplib.SMTP:
    trusted, name = ssl.create_default_context(), there.sender.domain
    if there.scheme == "smtps":
        return smtplib.SMTP_SSL(there.host, there.port, local_hostname=name, timeout=SECONDS, context=trusted)
    connection = smtplib.SMTP(there.host, there.port, local_hostname=name, timeout=SECONDS)
    if there.scheme == "smtp":
        try:
            connection.starttls(context=trusted)
        except BaseException:
            connection.close()
            raise
    return connection


def _message(sender: Address, receiver: Address, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, receiver, " ".join(subject.split())
    message["Date"], message["Message-ID"] = format_datetime(now()), make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # so that absence notes aren't sent back
    message.set_content(text)
    return message


def _address(said: str) -> Address | None:
    """The one address that is said, with or without a name; None for none, several, or what would begin another line."""
    every = getaddresses([said])
    if len(every) != 1 or any(ord(each) < 32 for each in said):
        return None
    [(name, spec)] = every
    with suppress(ValueError, IndexError):
        found = Address(display_name=name, addr_spec=spec)
        return found if found.username and found.domain else None
    return None


def _is_own_machine(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False
