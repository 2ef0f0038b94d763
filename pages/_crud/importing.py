"""The way from a list to an import of its table: which tables are whose to import, and what is found wrong, as a file.

What is found wrong repeats cells of the person's file, so it leaves by a route of ours, under a handle that opens for them alone.
"""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256

from domain.access.actor import Actor
from domain.exchange.imports.troubles import Trouble
from domain.kit.errors import NotFound
from domain.kit.texts import _
from domain.registry import GROUPS
from pages._crud.resolve import TableView, resolve
from pages._crud.spec import TableSpec
from pages._shell.catalog import Link, page_at, page_of
from pages._shell.navigate import page_link

PATH = "exchange"
LISTS, KEPT_SECONDS = 50, 1800.0  # lists of what is wrong that are kept at most, and how long


def tables(actor: Actor, spec_of: Callable[[str], TableSpec]) -> list[str]:
    """The tables that this page imports for the actor: those to which their lists let them add records, in the menu's order."""
    if not is_open(actor):
        return []
    found = [table for group in GROUPS.values() for table in group.tables if page_of(table).opens_for(actor.role)]
    return [table for table in found if resolve(actor, spec_of(table)).can_create]


def is_open(actor: Actor) -> bool:
    """Whether the page is this role's."""
    page = page_at(PATH)
    return page is not None and page.opens_for(actor.role)


def view_of(actor: Actor, table: str, spec_of: Callable[[str], TableSpec]) -> TableView:
    """A table as its list shows it."""
    return resolve(actor, spec_of(table))


def offer(view: TableView) -> None:
    """The link above a list that leads to its import, for those to whom it is open."""
    if view.can_create:
        page_link(Link(PATH, {"table": view.table}), label=_("Import"), icon="upload")


class _Lists:
    """What was found wrong in files, by handle; the oldest go first, and none stays for long."""

    def __init__(self) -> None:
        self.secret = secrets.token_bytes(32)
        self.lock = threading.Lock()
        self.kept: OrderedDict[str, tuple[float, str, Sequence[Trouble]]] = OrderedDict()

    def keep(self, actor: Actor, table: str, name: str, troubles: Sequence[Trouble]) -> str:
        """The handle of a list. `name` tells one file of this person's from another."""
        handle = self._handle(actor, table, name)
        with self.lock:
            self.kept[handle] = (time.monotonic(), f"{actor.user_id} {table}", troubles)
            self.kept.move_to_end(handle)
            while len(self.kept) > LISTS:
                self.kept.popitem(last=False)
        return handle

    def find(self, actor: Actor, table: str, handle: str) -> Sequence[Trouble]:
        """What was found wrong in this person's file. Raises NotFound."""
        with self.lock:
            at, whose, troubles = self.kept.get(handle, (0.0, "", ()))
        if whose != f"{actor.user_id} {table}" or time.monotonic() - at > KEPT_SECONDS:
            raise NotFound
        return troubles

    def _handle(self, actor: Actor, table: str, name: str) -> str:
        return hmac.new(self.secret, f"{actor.user_id} {table} {name}".encode(), sha256).hexdigest()[:32]


troubles_of_files = _Lists()
