"""Notices for people's inboxes, and mails on their way. Beyond the contract."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import choice, created, instant, json_value, long_text, reference, shaped, short_text, whole
from domain.db.types import Email
from domain.kit.texts import N_
from domain.outbox.enums import MailStatus


class Notice(Tenant, Base):
    """Something that a person is told in the app. `source` and `params` make its text in the language of whoever reads it."""

    __tablename__ = "notices"
    __title__, __one__ = N_("Inbox"), N_("Notice")
    __label__ = ("kind", "created_at")
    __order_by__ = ("-created_at",)
    __table_args__ = (Index("ix_notices_unread", "organization_id", "user_id", sqlite_where=text("read_at IS NULL")),)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", automatic=True)
    kind: Mapped[str] = short_text(N_("Kind"), 40, automatic=True)
    source: Mapped[str] = long_text(N_("Text"), 1000, automatic=True)
    params: Mapped[dict[str, Any]] = json_value(N_("Details"), default=dict, automatic=True)
    table_name: Mapped[str | None] = short_text(N_("About"), 63, automatic=True)
    record_id: Mapped[str | None] = short_text(N_("Record"), 26, automatic=True)
    sent_by: Mapped[str | None] = reference(N_("From"), "users", on_delete="SET NULL", automatic=True)
    read_at: Mapped[dt.datetime | None] = instant(N_("Read"), automatic=True)
    created_at: Mapped[dt.datetime] = created()


class OutgoingMail(Tenant, Base):
    """A mail as it will leave, written in its reader's language; tried again with growing waits until it is sent or given up."""

    __tablename__ = "outgoing_mails"
    __title__, __one__ = N_("Mails"), N_("Mail")
    __label__ = ("user_id", "created_at")
    __order_by__ = ("-created_at",)
    __table_args__ = (Index("ix_outgoing_mails_queued", "next_try_at", sqlite_where=text("status = 'queued'")),)
    __sealed__ = True

    user_id: Mapped[str] = reference(N_("Person"), "users", on_delete="CASCADE", automatic=True)
    address: Mapped[str] = shaped(Email(), N_("E-mail"), automatic=True)
    subject: Mapped[str] = short_text(N_("Subject"), 300, automatic=True)
    body: Mapped[str] = long_text(N_("Text"), automatic=True)
    status: Mapped[MailStatus] = choice(N_("Status"), MailStatus, default=MailStatus.QUEUED, automatic=True)
    attempts: Mapped[int] = whole(N_("Attempts"), low=0, default=0, automatic=True)
    next_try_at: Mapped[dt.datetime] = instant(N_("Next attempt"), automatic=True)
    sent_at: Mapped[dt.datetime | None] = instant(N_("Sent"), automatic=True)
    created_at: Mapped[dt.datetime] = created()
