"""`outbox send`: send the mails that wait, where no app runs that would."""

import argparse
from typing import Any

from domain.cli.terminal import FOUND_SOMETHING, WrongUsage, say
from domain.kit import mail
from domain.kit.texts import _, ngettext
from domain.migrations import state
from domain.outbox import sender


def add_to(verbs: Any) -> None:
    """The verb and its part."""
    parser = verbs.add_parser("outbox", help=_("mails that wait to be sent"))
    parts = parser.add_subparsers(dest="part", required=True, metavar=_("WHAT"))
    sending = parts.add_parser("send", help=_("send those that are due, once"))
    sending.set_defaults(run=run)


def run(_given: argparse.Namespace) -> int:
    """Send, tell, and exit with 1 if any could not be sent."""
    state.ensure_current()
    if mail.server() is None:
        raise WrongUsage(_("No mail server is set: CONSTELA_SMTP_URL and CONSTELA_MAIL_FROM say which."))
    found = sender.send_due()
    sender.sweep()
    say(ngettext("{count} mail was sent.", "{count} mails were sent.", found.sent))
    if found.again:
        say(ngettext("{count} mail will be tried again.", "{count} mails will be tried again.", found.again))
    if found.failed:
        say(ngettext("{count} mail was given up.", "{count} mails were given up.", found.failed))
    return FOUND_SOMETHING if found.failed or found.again else 0
