"""Who may do what: each role's rights in words, and what one person can see, from the data that the program decides by."""

import streamlit as st

from domain.access.actor import Actor
from domain.access.explain import Person, Sight, explain, person
from domain.access.roles import Role
from domain.access.uow import reading
from domain.access.words import Part, table_of_rights
from domain.db.base import model_of
from domain.kit.errors import NotFound
from domain.kit.formats import show_number
from domain.kit.texts import N_, _, ngettext
from domain.records.fields import fields
from domain.records.missing import noting_missing
from domain.registry import GROUPS
from pages._crud.options import Wanted, options
from pages._shell import parts, state
from pages._shell.guard import open_page
from pages._shell.lines import facts, joined

PERSON = "person"
WHOSE = "rights-whose"
FULL = {Role.SCHOOL, Role.OWNER}  # who sees every role's rights, and those of a person
EXPLAINED: dict[Role, str] = {
    Role.STUDENT: N_("Students see their own learning. Their memory, conversations and own texts open for nobody else."),
    Role.TEACHER: N_("Teachers see their own classes and those who are enrolled in them."),
    Role.PARENT: N_("Parents see what is their children's: until they are 18, and after that if they agree."),
    Role.STAFF: N_("Reception sees what it needs at the desk, never payments or the pay of others."),
    Role.SCHOOL: N_("Coordination runs the school, and never sees what a student wrote, said or remembers."),
    Role.OWNER: N_("Owners see the business, and no single student's learning."),
}


def page() -> None:
    """Choose a role or a person, then read what they may do."""
    actor = open_page("rights")
    assert actor.role is not None
    full = actor.role in FULL
    sentence = (
        _("Who may do what. What isn't named here is refused, whichever way it is tried.")
        if full
        else _("What you may see and change in the role that you are in. Everything else is refused.")
    )
    parts.page_header(_("Rights"), sentence)
    if not full:
        _one(actor, _mine(actor))
        return
    whose = _whose(actor.role)
    if whose == PERSON:
        _person(actor)
    else:
        _role(Role(whose))


def _mine(actor: Actor) -> Person:
    with reading(actor) as session:
        return person(session, actor.user_id)


def _whose(usual: Role) -> str:
    """A role, or a person: the address says which, and is told."""
    query = st.query_params
    offered = [*(role.value for role in Role), PERSON]
    wanted = PERSON if PERSON in query else query.get("role", "")
    state.put(WHOSE, wanted if wanted in offered else usual.value)

    def switch() -> None:
        chosen = state.value(WHOSE) or usual.value
        query.clear()
        query.update({PERSON: ""} if chosen == PERSON else {"role": chosen})

    names = {role.value: role.label for role in Role} | {PERSON: _("One person")}
    st.segmented_control(_("Rights of"), offered, format_func=names.__getitem__, key=WHOSE, on_change=switch)
    return str(state.value(WHOSE))


def _role(role: Role) -> None:
    """Every table that a role has rights to, group by group; then what it has none to."""
    parts.quiet(_(EXPLAINED[role]))
    shown = table_of_rights((group.title, group.tables) for group in GROUPS.values())
    for part in shown:
        told = [(line.title, joined(line.cells[role])) for line in part.lines if line.cells[role]]
        if told:
            with parts.card(f"rights-{part.title}"):
                parts.section(part.title)
                facts(told)
    _closed([line.title for part in shown for line in part.lines if not line.cells[role]])


def _closed(titles: list[str]) -> None:
    """The tables that stay closed, by name, so that nobody has to guess."""
    if titles:
        with parts.card("rights-none"):
            parts.section(_("No access"), _("These stay closed in this role: no list, no record, no search, no export."))
            parts.quiet(joined(titles))


def _person(actor: Actor) -> None:
    """Someone's rights in a role that they hold, with how much they see."""
    key = _chosen(actor)
    if not key:
        parts.empty_state("person_search", _("Choose a person to see what they can see, and why."), key="no-person")
        return
    try:
        with reading(actor) as session, noting_missing(session, model_of("users"), key):
            someone = person(session, key)
    except NotFound:
        parts.empty_state("person_off", _("Nobody by this address is at your school. Choose someone else."), key="nobody")
        return
    _one(actor, someone)


def _chosen(actor: Actor) -> str:
    """The key of the person who was picked; a search beside the list once it is long."""
    query = st.query_params
    current = query.get(PERSON, "")
    wanted = Wanted(fields(model_of("saved_views"))["user_id"], str(state.value("rights-search") or ""), current or None)
    with reading(actor) as session:
        offered = options(session, {PERSON: wanted})[PERSON]
    state.put("rights-person", current if current in offered.labels else None)

    def keep() -> None:
        query[PERSON] = state.value("rights-person") or ""

    with st.container(key="rights-choice", horizontal=True, vertical_alignment="bottom"):
        if offered.searched:
            st.text_input(_("Find a person"), key="rights-search", icon=":material/search:")
        st.selectbox(
            _("Person"),
            list(offered.labels),
            format_func=offered.labels.__getitem__,
            key="rights-person",
            on_change=keep,
            placeholder=_("Choose …"),
        )
    return current


def _one(actor: Actor, someone: Person) -> None:
    """What a person sees in one of their roles."""
    own = someone.key == actor.user_id
    parts.person_chip(someone.name, someone.roles[0] if someone.roles else "", ", ".join(each.label for each in someone.roles))
    if not someone.is_active:
        parts.note(_("This person is inactive and can't sign in: for now they see nothing. This is what their roles would give."))
    if not someone.roles:
        parts.empty_state("person_off", _("This person holds no role, and sees nothing."), key="no-role")
        return
    role = actor.role if own and actor.role and actor.role not in FULL else _role_of(someone)
    parts.quiet(_(EXPLAINED[role]))
    as_them = Actor(actor.organization_id, someone.key, role, someone.roles, time_zone=actor.time_zone)
    tables = [table for group in GROUPS.values() for table in group.tables]
    with st.spinner(_("Counting what they see …")), reading(actor) as session:
        sights = {each.table: each for each in explain(session, as_them, tables)}
    for part in table_of_rights((group.title, group.tables) for group in GROUPS.values()):
        _sights(part, sights)
    _closed([_(model_of(table).__title__) for table in tables if table not in sights])
    if any(each.rows is None for each in sights.values()):
        parts.quiet(_("Where no number stands, it would tell something that isn't yours to know."))


def _role_of(someone: Person) -> Role:
    """The role that is looked at, of those that a person holds."""
    if len(someone.roles) == 1:
        return someone.roles[0]
    query = st.query_params
    state.put("rights-as", query["as"] if query.get("as", "") in someone.roles else someone.roles[0].value)

    def switch() -> None:
        query["as"] = state.value("rights-as") or someone.roles[0].value

    names = {role.value: role.label for role in someone.roles}
    st.segmented_control(_("In the role"), list(names), format_func=names.__getitem__, key="rights-as", on_change=switch)
    return Role(state.value("rights-as"))


def _sights(part: Part, sights: dict[str, Sight]) -> None:
    told = [
        (line.title, joined([*sights[line.table].words, _number(sights[line.table])]))
        for line in part.lines
        if line.table in sights
    ]
    if told:
        with parts.card(f"rights-{part.title}"):
            parts.section(part.title)
            facts(told)


def _number(sight: Sight) -> str:
    if sight.rows is None:
        return ""
    if sight.total is None or sight.total == sight.rows:
        return ngettext("{count} row", "{count} rows", sight.rows)
    return _("{count} of {total} rows").format(count=show_number(sight.rows), total=show_number(sight.total))


page()
