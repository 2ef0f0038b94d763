"""The security log: who came in or was turned away, what was refused, what left the school as a file.

One line of JSON for each event, by the logger `constela.security`. It names people, schools and records by their keys, tables,
network addresses and numbers. Never there: a name, an e-mail, a password, a code, a token, what was searched, any content. Only
fields of known form are written, and a line holds nothing but ASCII, so that nobody outside can write into it.
"""

import json
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from ipaddress import ip_address

from domain.access.actor import Actor
from domain.kit.clock import now
from domain.kit.errors import DomainError, NotAllowed, WrongScope
from domain.kit.ids import is_id

log = logging.getLogger("constela.security")
log.setLevel(logging.INFO)

SAME_NOTED_EVERY = 60.0  # seconds between two lines about one and the same cookie
REMEMBERED = 10_000  # cookies: whoever sends ever new ones fills no memory
LONGEST_REASON = 160
WORD = re.compile(r"[a-z][a-z0-9_ ]{0,62}")


class Event(Enum):
    """All that is written: its name, how much it asks for attention, what it means."""

    SIGNED_IN = "signed_in", logging.INFO, "a browser got its session: at a sign-in, a change of role or of password"
    SIGN_IN_REFUSED = "sign_in_refused", logging.WARNING, "e-mail and password open nothing; `person` where the e-mail is one's"
    SIGN_IN_LIMITED = "sign_in_limited", logging.WARNING, "too many attempts: nothing was tried"
    KNOWN_BROWSER_TRIED = (
        "known_browser_tried",
        logging.INFO,
        "strangers have used up the attempts at someone: a browser that is known for them was let try",
    )
    SIGNED_OUT = "signed_out", logging.INFO, "a browser was signed out by its person"
    SESSION_ENDED = "session_ended", logging.INFO, "a person ended sessions of other browsers of theirs (`count`)"
    ROLE_SWITCHED = "role_switched", logging.INFO, "a person goes on in another of their roles, which is `role`"
    PASSWORD_CHANGED = "password_changed", logging.INFO, "a person gave themself another password; all their sessions ended"
    PASSWORD_REFUSED = "password_refused", logging.WARNING, "whoever holds a session didn't know the present password"
    LINK_HANDED_OUT = "link_handed_out", logging.INFO, "a link for a new password was made for `person`"
    LINK_USED = "link_used", logging.INFO, "a link for a new password was used; all sessions of `person` ended"
    LINK_REFUSED = "link_refused", logging.WARNING, "a link for a new password is unknown, used or too old"
    LINK_MAILED = (
        "link_mailed",
        logging.INFO,
        "a link for a new password, which someone asked for, went out by mail to `person`",
    )
    SECOND_FACTOR_SET_UP = "second_factor_set_up", logging.INFO, "a person has a new authenticator, or new recovery codes"
    SECOND_FACTOR_REFUSED = "second_factor_refused", logging.WARNING, "a code of `person` was wrong, or used already"
    SECOND_STEP_ASKED = (
        "second_step_asked",
        logging.INFO,
        "a session that began without a second step goes no further before one: its role asks for it by now",
    )
    RECOVERY_CODE_USED = "recovery_code_used", logging.WARNING, "a recovery code stood in for the authenticator of `person`"
    SECOND_FACTOR_REMOVED = "second_factor_removed", logging.WARNING, "the second factor of `person` was turned off or taken away"
    PROVIDER_REFUSED = (
        "provider_refused",
        logging.WARNING,
        "an identity provider's answer doesn't hold, or names nobody here: see `reason`",
    )
    INVITED = "invited", logging.INFO, "`person` was invited to sign in by an identity provider"
    IDENTITY_LINKED = "identity_linked", logging.INFO, "`person` was linked to an account at an identity provider"
    IDENTITY_UNLINKED = (
        "identity_unlinked",
        logging.INFO,
        "such a link was ended, and the sessions that began by it (`count`); by another, all sessions of `person`",
    )
    COOKIE_REFUSED = "cookie_refused", logging.WARNING, "a cookie opens nothing: `reason` is unknown, over, idle or disabled"
    STALE_ROLE = "stale_role", logging.WARNING, "a session stands in a role that its person holds no more"
    PAGE_REFUSED = "page_refused", logging.WARNING, "the address of a page that isn't this role's, or of none"
    RECORD_REFUSED = "record_refused", logging.WARNING, "a record that is someone else's; `reason`: its rows, or another school's"
    RECORD_MISSING = "record_missing", logging.INFO, "a record that doesn't exist, or no longer"
    NOT_ALLOWED = "not_allowed", logging.WARNING, "the rights refused something"
    WRONG_SCOPE = (
        "wrong_scope",
        logging.ERROR,
        "a question without its school, or of another: a mistake of the program",
    )
    EXPORTED = "exported", logging.INFO, "rows of a table left as a file: `count` of them"
    EXPORT_BROKEN = "export_broken", logging.WARNING, "an export ended before its last row; `count` rows had left"
    IMPORTED = "imported", logging.INFO, "a file was imported into a table: `count` records were added or changed"
    CALENDAR_READ = "calendar_read", logging.INFO, "sessions left as a calendar file: `count` of them"
    CALENDAR_REFUSED = "calendar_refused", logging.WARNING, "the secret address of a calendar opens nothing, or no more"
    PRINTED = "printed", logging.INFO, "a page to print left: `reason` says which kind"
    UPLOAD_REFUSED = "upload_refused", logging.WARNING, "a file or a request is too large, too slow or not what it says it is"
    FOREIGN_PAGE = "foreign_page", logging.WARNING, "a page from elsewhere asked in someone's name (CSRF)"
    FOREIGN_HOST = "foreign_host", logging.WARNING, "the app was called by a name that isn't its own"

    def __init__(self, word: str, level: int, meaning: str) -> None:
        self.word, self.level, self.meaning = word, level, meaning


_address: ContextVar[str] = ContextVar("address", default="")
_locator: list[Callable[[], str]] = []


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    """While this lasts, what is written comes from this network address."""
    before = _address.set(address)
    try:
        yield
    finally:
        _address.reset(before)


def locate_by(locator: Callable[[], str]) -> None:
    """Ask this for the network address where none was said: the pages know whose run it is."""
    _locator[:] = [locator]


def record(
    event: Event,
    actor: Actor | None = None,
    *,
    address: str = "",
    table: str = "",
    key: str = "",
    person: str = "",
    school: str = "",
    role: str = "",
    count: int | None = None,
    reason: str = "",
) -> None:
    """Write an event. `key`: of a record; `person`: whom it is about, if not who acts; `reason`: in the program's own words."""
    who = actor or Actor("")
    said: dict[str, object] = {
        "time": now().isoformat(timespec="milliseconds"),
        "event": event.word,
        "actor": _key(who.user_id),
        "job": _word(who.job),
        "role": _word(str(role or who.role or "")),
        "school": _key(school or who.organization_id),
        "person": _key(person),
        "address": _known_address(address),
        "table": _word(table),
        "record": _key(key),
        "count": count,
        "reason": reason[:LONGEST_REASON],
    }
    log.log(event.level, "%s", json.dumps({name: value for name, value in said.items() if value not in ("", None)}))


def refused(error: DomainError, actor: Actor | None = None) -> None:
    """Write that the rights refused something, once for each error however many places it passes; other errors are no event."""
    if isinstance(error, NotAllowed | WrongScope) and not vars(error).get("written"):
        vars(error)["written"] = True
        event = Event.NOT_ALLOWED if isinstance(error, NotAllowed) else Event.WRONG_SCOPE
        record(event, actor, reason=getattr(error, "reason", ""))


class _Lately:
    """What was written about in the last minute."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at: OrderedDict[str, float] = OrderedDict()

    def is_new(self, subject: str) -> bool:
        """Whether a minute has passed since this was asked for the same subject."""
        moment = time.monotonic()
        with self.lock:
            before = self.at.get(subject)
            if before is not None and moment - before < SAME_NOTED_EVERY:
                return False
            self.at[subject] = moment
            self.at.move_to_end(subject)
            if len(self.at) > REMEMBERED:
                self.at.popitem(last=False)
            return True


_lately = _Lately()


def is_new(subject: str) -> bool:
    """Whether nothing was said of this subject for a minute: a page asks who holds its cookie at every click."""
    return _lately.is_new(subject)


def _key(text: str) -> str:
    return text if is_id(text) else ""


def _word(text: str) -> str:
    return text if WORD.fullmatch(text) else ""


def _known_address(given: str) -> str:
    found = given or _address.get()
    if not found and _locator:
        found = _locator[0]()
    try:
        return str(ip_address(found))
    except ValueError:
        return ""
