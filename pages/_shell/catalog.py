"""THE list of pages: where each lies, what it is called, and what opens it. Menu, guard and links are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from domain.access.decide import may_open
from domain.access.roles import Role
from domain.figures.questions import QUESTIONS
from domain.kit.texts import N_
from domain.registry import GROUPS

PAGES = Path(__file__).parent.parent


@dataclass(frozen=True)
class Page:
    """A page. It opens for a role that may read any of its `tables`, or see figures of any that it `counts`; `roles` narrow
    that further.

    `holds`: the tables whose records are shown on this page, so that a link to a record finds its page.
    """

    path: str
    title: str
    icon: str
    section: str = ""
    tables: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    holds: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The script of the page."""
        return PAGES / f"{self.path}.py"

    def opens_for(self, role: Role | None) -> bool:
        """Whether the page is this role's. Neither tables nor roles: nobody's."""
        if not (self.tables or self.roles or self.counts):
            return False
        if self.roles and role not in self.roles:
            return False
        return not (self.tables or self.counts) or may_open(role, self.tables) or may_open(role, self.counts, "A")


@dataclass(frozen=True)
class Link:
    """A place in the app: a page's path and what stands in the URL behind it."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)


def _group(path: str, icon: str, section: str, *, group: str = "", title: str = "") -> Page:
    """The page of a table group: its tables are what opens it and what it holds."""
    found = GROUPS[group or path]
    return Page(path, title or found.title, icon, section, tables=found.tables, holds=found.tables)


SCHOOL, LEARNING, MONEY, CARE = N_("School"), N_("Learning"), N_("Money"), N_("Care")
ACCESS = N_("Access")
HOME = Page("home", N_("Home"), "home", roles=tuple(Role))
INBOX = Page("inbox", N_("Inbox"), "inbox", roles=tuple(Role))

COUNTED = tuple(dict.fromkeys(table for each in QUESTIONS for table in each.tables))

CATALOG: tuple[Page, ...] = (
    HOME,
    INBOX,
    Page("class", N_("Classes"), "school", SCHOOL, ("classes",)),
    Page("timetable", N_("Timetable"), "calendar_view_week", SCHOOL, ("schedules",)),
    Page("check_in", N_("Check-in"), "how_to_reg", SCHOOL, ("attendance",), (Role.STAFF, Role.SCHOOL)),
    Page("attendance", N_("Attendance"), "fact_check", SCHOOL, ("attendance",), (Role.TEACHER, Role.STAFF, Role.SCHOOL)),
    Page(
        "absences",
        N_("Absences"),
        "event_busy",
        SCHOOL,
        ("attendance",),
        (Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF, Role.SCHOOL),
    ),
    Page("planning", N_("Term"), "date_range", SCHOOL, ("terms",), (Role.SCHOOL,)),
    Page("enrolment", N_("Enrolment"), "person_add", SCHOOL, ("enrollments",), (Role.STAFF, Role.SCHOOL)),
    _group("people", "groups", SCHOOL, group="core"),
    _group("operations", "event_available", SCHOOL),
    _group("crm", "campaign", SCHOOL),
    Page("exchange", N_("Import and export"), "swap_vert", SCHOOL, roles=(Role.STAFF, Role.SCHOOL, Role.OWNER)),
    Page("figures", N_("Figures"), "bar_chart", SCHOOL, roles=(Role.OWNER,), counts=COUNTED),
    Page("rights", N_("Rights"), "rule", SCHOOL, roles=tuple(Role)),
    Page("constellation", N_("My constellation"), "star_shine", LEARNING, ("knowledge_nodes",), (Role.STUDENT,)),
    Page("memory", N_("My companion's memory"), "neurology", LEARNING, ("memory_graphs",), (Role.STUDENT,)),
    _group("curriculum", "menu_book", LEARNING),
    _group("toolbox", "construction", LEARNING),
    _group("financial", "payments", MONEY),
    _group("payroll", "badge", MONEY),
    _group("accounting", "account_balance", MONEY),
    Page(
        "care",
        N_("Tell the school"),
        "volunteer_activism",
        CARE,
        ("alert_raisings",),
        (Role.STUDENT, Role.TEACHER, Role.STAFF, Role.SCHOOL, Role.OWNER),
    ),
    Page("supervision", N_("Supervision"), "shield_person", CARE, ("safety_alerts",), (Role.SCHOOL, Role.OWNER)),
    Page("wellbeing", N_("Wellbeing"), "favorite", CARE, ("wellbeing_snapshots",)),
    _group("memory_records", "inventory_2", CARE, group="memory", title=N_("Memory records")),
    _group("supervision_records", "policy", CARE, group="supervision", title=N_("Care records")),
    Page("calendars", N_("Calendars"), "calendar_month", ACCESS, ("calendar_links",)),
    Page("profile", N_("My profile"), "account_circle", ACCESS, roles=tuple(Role)),
    Page("security", N_("My sign-ins"), "key", ACCESS, roles=tuple(Role)),
)

_BY_PATH = {page.path: page for page in CATALOG}
_BY_TABLE = {table: page for page in CATALOG for table in page.holds}


def page_at(path: str) -> Page | None:
    """The page with this path, if there is one."""
    return _BY_PATH.get(path)


def has_page(table: str) -> bool:
    """Whether some page shows a table's records."""
    return table in _BY_TABLE


def page_of(table: str) -> Page:
    """The page that shows a table's records; KeyError for a table that is in no menu."""
    return _BY_TABLE[table]


def pages_for(role: Role | None) -> list[Page]:
    """What is in a role's menu, in its order."""
    return [page for page in CATALOG if page.opens_for(role)]


def table_link(table: str, **query: str) -> Link:
    """The list of a table's records; `query` holds filters as the URL spells them."""
    return Link(page_of(table).path, {"table": table, **query})


def coming_sessions(day: date, **query: str) -> Link:
    """The sessions from a day on, the next one first: the list's usual order begins with the last of the term."""
    return table_link("sessions", f_date=f"{day}..", sort="date", **query)


def record_link(table: str, key: str) -> Link:
    """One record beside its list."""
    return table_link(table, record=key)
