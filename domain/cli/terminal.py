"""Saying things at a terminal, and asking for a secret there."""

import getpass
import secrets
import string
import sys

from domain.kit.texts import _

FOUND_SOMETHING, USAGE = 1, 2
GENERATED_LENGTH = 20
# Without the letters and digits that are taken for one another when read aloud.
EASY = "".join(each for each in string.ascii_letters + string.digits if each not in "0O1lI")


class WrongUsage(Exception):
    """What was typed doesn't say enough, or says what can't be. Nothing was changed."""


def say(text: str) -> None:
    """A line of output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """A line for the person, not for a program that reads the output."""
    sys.stderr.write(f"{text}\n")


def tell_progress(share: float, word: str) -> None:
    """How far something has come (0 to 1) and what is done, on a terminal's last line; a line without an end where nobody looks
    would spoil a log, so nothing is said there. An empty word takes the line away.
    """
    if sys.stderr.isatty():
        line = f"{share:4.0%} {word}" if word else ""
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()


def new_password(*, generate: bool) -> tuple[str, bool]:
    """A new password, typed twice at a terminal, else generated; and whether it was generated, so that it must be shown once."""
    if generate or not sys.stdin.isatty():
        return "".join(secrets.choice(EASY) for _each in range(GENERATED_LENGTH)), True
    password = getpass.getpass(_("New password: "))
    if password != getpass.getpass(_("The same once more: ")):
        raise WrongUsage(_("The two passwords differ. Nothing was changed."))
    return password, False
