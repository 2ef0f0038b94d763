"""A real SMTP server for tests: TLS from the start, by STARTTLS or not at all; it keeps what it is handed, and can refuse."""

import asyncio
import base64
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """What came in. `refusing`: what is answered to the next receivers, such as `550 no such mailbox`; `users`: who may send."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    greetings: list[str] = field(default_factory=list)
    refusing: list[str] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    offers_tls: bool = True


class _Talk:
    """One connection."""

    def __init__(
        self, box: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: ssl.SSLContext | None
    ) -> None:
        self.box, self.reader, self.writer, self.tls = box, reader, writer, tls
        self.is_encrypted = writer.get_extra_info("ssl_object") is not None
        self.sender, self.receiver, self.is_known = "", "", not box.users

    async def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())
        await self.writer.drain()

    async def listen(self) -> None:
        await self.say("220 here")
        while line := (await self.reader.readline()).decode().rstrip():
            verb = line.split()[0].upper()
            if verb == "QUIT":
                await self.say("221 bye")
                return
            await getattr(self, f"on_{verb.lower()}", self.on_other)(line)

    async def on_other(self, _line: str) -> None:
        await self.say("502 what?")

    async def on_ehlo(self, line: str) -> None:
        self.box.greetings.append(line)
        offers = ["STARTTLS"] if self.tls and self.box.offers_tls and not self.is_encrypted else []
        offers += ["AUTH PLAIN"] if self.box.users else []
        for at, offer in enumerate(["here", *offers], start=1):
            await self.say(f"250{'-' if at <= len(offers) else ' '}{offer}")

    async def on_starttls(self, _line: str) -> None:
        await self.say("220 go on")
        assert self.tls
        await self.writer.start_tls(self.tls)
        self.is_encrypted = True

    async def on_auth(self, line: str) -> None:
        _who, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        self.is_known = self.box.users.get(user) == password
        await self.say("235 hello" if self.is_known else "535 who?")

    async def on_mail(self, line: str) -> None:
        self.sender = line.split("<")[1].split(">", maxsplit=1)[0]
        await self.say("250 ok" if self.is_known else "530 sign in first")

    async def on_rcpt(self, line: str) -> None:
        self.receiver = line.split("<")[1].split(">", maxsplit=1)[0]
        await self.say(self.box.refusing.pop(0) if self.box.refusing else "250 ok")

    async def on_rset(self, _line: str) -> None:
        await self.say("250 ok")

    async def on_data(self, _line: str) -> None:
        await self.say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        self.box.mails.append(message_from_bytes(raw[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default))  # type: ignore[arg-type]
        self.box.envelopes.append((self.sender, self.receiver))
        self.box.encrypted.append(self.is_encrypted)
        await self.say("250 kept")


@contextmanager
def mailbox(*, tls: ssl.SSLContext | None = None, from_the_start: bool = False) -> Iterator[Mailbox]:
    """A server on loopback, for as long as the block lasts."""
    box, loop, ready = Mailbox(), asyncio.new_event_loop(), threading.Event()
    serving: list[asyncio.Server] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Talk(box, reader, writer, tls).listen()
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass  # who calls hung up
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls if from_the_start else None)
        box.port = server.sockets[0].getsockname()[1]
        serving.append(server)
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(serve())
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for each in left:
            each.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(serving[0].close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own for an address: the file by which it is trusted, and what a server shows it with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "mail.pem", folder / "mail.key"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    kept.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return shown, context
