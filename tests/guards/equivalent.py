"""Guards that nobody misses, each with the reason: what they keep out is kept out elsewhere as well, or they keep nothing out.

A line here is read before it is written. The key is as `python -m tests.guards --list` says it, up to `::` or in full.
"""

import re

from domain.db.base import Tenant, model_of
from tests.factories.rows import all_tables
from tests.guards.reasons import REASONS

# What is said of many: a pattern over the whole key, and the reason.
RULES: tuple[tuple[str, str], ...] = (
    (r"organizations: \w+ also creates", "a school is founded below the session: within one, there is no room for another"),
    (r"users: (student|teacher|parent) also creates", "of one's own rows, and a row that is yet to be made is nobody's own"),
    (
        r"trail_values: \w+ also (updates|deletes)",
        "the database itself lets no session change or delete them: see the trail's triggers",
    ),
    (
        r"families: student U own_as_adult of .*",
        "the matrix's student is a minor: what an adult one may write is tried in tests/domain/access/test_shown_values.py",
    ),
    (r"classes: (student|parent) also creates", "of classes that someone is enrolled in, and in a new one nobody is"),
    (
        r"domain/(core|operations)/scopes\.py::(adult_of_school|no_owner|_taught|_classes_of|_seeing|_substituted)"
        r"::\w+\.c\.organization_id == actor\.organization_id( #\d+)?",
        "for the index: a scope is asked of rows of this school alone, and these refer to nobody of another",
    ),
    *(
        (rf"domain/access/{place}::{re.escape(text)}( #\d+)?", reason)
        for place, text, reason in (
            (
                r"accounts\.py::accounts",
                "roles.c.user_id.in_(keys)",
                "of the roles that are read, each person is given their own",
            ),
            (
                r"attempts\.py::begin",
                "table.c.subject_hash.in_([*limits, *own])",
                "of the counts that are read, its own are used",
            ),
            (r"identities\.py::enter", "kept.identity is None", "a code and whom it proves are kept, and taken away, together"),
            (r"identities\.py::_invited", "not proven.email", "nobody is invited without an e-mail: see `invite`"),
            (
                r"identities\.py::unlink",
                "table.c.organization_id == actor.organization_id",
                "whom the actor may see is asked below: themself, or somebody of their school",
            ),
            (r"field_scope\.py::untold_of", "model not in known", "what is known is asked once more, and comes out the same"),
            (
                r"field_scope\.py::is_words",
                "not isinstance(element, Column)",
                "a table's column is neither literal nor without a table, so that the answer is the same",
            ),
            (
                r"field_scope\.py::refuse_untold",
                "not any(hidden.values())",
                "where nothing is hidden, what follows refuses nothing",
            ),
            (
                r"field_scope\.py::refuse_untold",
                "isinstance(statement, Select)",
                "`to_be_masked` marks nothing but a Select; anything else that bore the mark would break, and tell nothing",
            ),
            (r"field_scope\.py::_bases", "each.table is not None", "a column that no table has breaks, and tells nothing"),
            (r"field_scope\.py::seal", "not hidden", "where nothing is hidden, what follows takes nothing away"),
            (r"field_scope\.py::_seal_for", "'actor' in session.info", "a session that is nobody's: the program would break"),
            (r"second_factor\.py::confirm", "row is None", "where there is no row, there is no step either"),
            (
                r"second_factor\.py::_take_recovery_code",
                "not is_on(connection, user_id)",
                "recovery codes come with a confirmed factor and go with it",
            ),
            (
                r"second_factor\.py::_take_recovery_code",
                "table.c.user_id == user_id",
                "the person's key is part of what a code's hash is made of",
            ),
            (
                r"second_factor\.py::sealed_with_another_key",
                "table.c.secret.is_not(None)",
                "a number for the installation's check, in which nothing can be counted that isn't there: it would break",
            ),
            (r"sign_in\.py::check_password", "known", "a browser that isn't known has no tries of its own: see `attempts.begin`"),
            (r"sign_in\.py::check_password", "fitting", "where no password fits, nobody is found below either"),
            (
                r"sign_in\.py::check_password",
                "users.c.id.in_(asked)",
                "hashes are salted: whose is among those that fit was among those asked",
            ),
            (r"sign_in\.py::demo_people", "school is None", "where there is no such school, nobody is found below either"),
            (r"sign_in\.py::demo_people", "key", "an empty key is nobody's"),
            (r"sign_in\.py::change_password", "actor.role is None", "who is signed in is so in a role"),
            (r"own_sessions\.py::switch_role", "actor.role is None", "who is signed in is so in a role"),
            (r"steps\.py::_found", "row is None", "where there is no row, no account is found either"),
            (r"steps\.py::begin", "not found", "for nobody, nothing is made"),
        )
    ),
)
EQUIVALENT: dict[str, str] = {
    "domain/access/trail/cascade.py::_hanging_on::column.info['on_delete'] in {'CASCADE', 'SET NULL'}": (
        "any other rule refuses the delete, so that there is nothing to tell"
    ),
    "domain/access/trail/cascade.py::_reached::kind_of(table.name) is Kind.NOTHING": (
        "what the trail keeps nothing of is left out where values are read, and where they are noted"
    ),
    "domain/access/trail/cascade.py::_reached::table.c.organization_id == school": (
        "the database itself lets no row refer to another school's"
    ),
    "domain/access/trail/cascade.py::gone_with::level.setdefault(child, set()).add(key)": (
        "whatever hangs on what hangs on a record hangs, in the tables that there are, on the record as well"
    ),
    "domain/access/trail/reading.py::history::table.c.table_name.in_(named)": (
        "a key belongs to one record of all tables; what else bears it is what belongs into its history"
    ),
    "domain/access/trail/reading.py::_batches_with::entries.c.record_id.is_(None)": "an entry of one record names it itself",
    "domain/access/trail/reading.py::_batches_with::entries.c.organization_id == session.actor.organization_id": (
        "the entries that are named here are asked for within the school"
    ),
    "domain/access/trail/reading.py::_values::table.c.entry_id.in_(entries)": (
        "of the values that are read, those of entries found are told"
    ),
    "domain/access/trail/reading.py::_values::table.c.organization_id == session.actor.organization_id": (
        "they are those of entries that were found within the school"
    ),
    "domain/access/trail/reading.py::_shown::not decide(actor, 'R', model)": "who may not read a table reads no row of it",
    "domain/access/trail/reading.py::_shown::decide(actor, 'R', model)": "who may not read a table reads no row of it",
    "domain/access/trail/reading.py::_past::column.name in {**old, **new}": (
        "a column that is in neither is empty in both, and not told"
    ),
    "domain/access/trail/reading.py::_past::old.get(name) is not None or new.get(name) is not None": (
        "of a change what differs is kept, of a record what isn't empty: one of the two is something"
    ),
    "domain/access/trail/undo.py::_of_unit::entries.c.number > func.coalesce(before, 0)": (
        "for the index: the unit is asked for as well"
    ),
    "domain/access/trail/undo.py::_of_unit::entries.c.number < func.coalesce(after, number + 1000000000)": (
        "for the index: the unit is asked for as well"
    ),
    "domain/access/trail/undo.py::_of_unit::entries.c.organization_id == session.actor.organization_id": (
        "a unit of work is of one school, and each of its entries must be the actor's own"
    ),
    "domain/access/trail/undo.py::_part_of::each.key != root.key": "the root counts as going from the beginning",
    "domain/access/trail/undo.py::_part_of::(each.model.__tablename__, each.key) not in going": (
        "no record whose values are kept hangs on two of which one hangs on the other"
    ),
    "domain/access/trail/writing.py::_filled::value is not None": "what is empty is not told of: kept, it would only take room",
    "domain/access/trail/flushed.py::_as_they_were::kind_of(record.__tablename__) is Kind.WHOLE": (
        "where only the fact is kept, values are left out when it is noted"
    ),
    "domain/access/trail/flushed.py::_as_they_were::column in LEFT_OUT": (
        "what is left out is so where values are made into a document"
    ),
    "domain/access/trail/integrity.py::_Walk.done::self.expected": "where no head is expected, it counts as met",
    "domain/access/trail/integrity.py::_Walk._entry::entry['action'] == 'D'": (
        "of that table there is no other entry; who could forge one could forge one of this action"
    ),
    "domain/access/trail/integrity.py::_shared_out::some": "of no entries nothing is read",
    "domain/access/trail/integrity.py::_shared_out::count + records > ROWS": "how many are read at once, not what is found",
    "domain/access/trail/policy.py::_about_own_rows::not reads_all(actor, each)": (
        "entries about a table that is read wholly are told already"
    ),
    "domain/access/trail/policy.py::_about_own_rows::column == name": (
        "a key belongs to one record of all tables; what else bears one is about people, whom both roles read wholly"
    ),
    "domain/records/dependents.py::dependents::in_school(session, other)": (
        "the database itself lets no row refer to another school's"
    ),
    "domain/records/labels.py::labels::not wanted": "of no keys nothing is found",
    "domain/records/labels.py::labels::key": "an empty key is nobody's",
    "domain/records/masks.py::read::held not in known": "what is known is made once more, and comes out the same",
    "pages/_shell/routes.py::start_session::not ticket": "an empty ticket is looked for, not found, and answered alike",
    "pages/_shell/startup.py::_write_security_log::not security_log.log.hasHandlers()": "where lines go, not who may",
    "pages/_shell/startup.py::_look::empty": "what the server's keeper is told at its start, not who may",
    **REASONS,
}


def _append_only(key: str) -> str:
    table, _colon, rest = key.partition(": ")
    known = table in all_tables() and model_of(table).__append_only__ and rest.endswith(("also updates", "also deletes"))
    return "the records themselves, and the database, take no change from anyone: see the matrix's locks" if known else ""


def _of_no_school(key: str) -> str:
    table = key.partition(": ")[0]
    known = table in all_tables() and table != "organizations" and not issubclass(model_of(table), Tenant)
    return "rows that belong to no school are in no session's reach, whatever is granted: see the unit of work" if known else ""


def reason_for(key: str) -> str:
    """Why a guard may live; empty if it may not."""
    by_rule = next((reason for pattern, reason in RULES if re.fullmatch(pattern, key)), "")
    return EQUIVALENT.get(key, "") or by_rule or _append_only(key) or _of_no_school(key)
