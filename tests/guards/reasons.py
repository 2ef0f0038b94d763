"""Guards that nobody misses, one by one, each with the reason; by their keys in full, as `--list` says them."""

FOR_SPEED = "it comes out the same either way: one question less"
LOOKED_FOR = "what is no key is looked for, not found, and answered alike"
WAITED = "what else was written is waited for in each run: slower, and the same"
ALERTS = "domain/supervision/scopes.py"
NOBODYS = "there is none: the program would break"

REASONS: dict[str, str] = {
    # domain/access
    "domain/access/bulk.py::insert_columns::not (is_tenant and isinstance(condition(session.actor, 'C', model), True_))": (
        f"among all the rows of the school these are found: {FOR_SPEED}"
    ),
    "domain/access/bulk.py::_fold_again::not sources & set(values)": f"the same texts are folded to the same: {FOR_SPEED}",
    "domain/access/bulk.py::_all_within::table.c.id.in_(batch)": "of the rows that are read, those asked for are looked for",
    "domain/access/keeping.py::keep::theirs": "of no changes a keeper finds nothing",
    "domain/access/sessions.py::_holder_of::notices.c.organization_id == users.c.organization_id": (
        "for the index: a person's notices are of their school"
    ),
    "domain/access/uow.py::_criteria::not reads_all(actor, model.__tablename__)": (
        "for speed: who reads every row finds every row among those that they read"
    ),
    "domain/access/uow.py::_scope::model not in known": FOR_SPEED,
    "domain/access/uow.py::_scope::NAMED not in element._annotations": "what is named is taken away again, by `_named_tables`",
    "domain/access/uow.py::_named_tables::isinstance(each, Table)": "no column bears the name of a table",
    "domain/access/uow.py::_before::session.is_modified(record)": (
        "the other way it would be stricter: who sets what is there already would be refused as if they changed it"
    ),
    "domain/access/uow.py::_reason_before::not changed": f"as it stood, it is as it stands: {FOR_SPEED}",
    "domain/access/uow.py::_rows_allow::isinstance(where, True_)": f"any row is among all of them: {FOR_SPEED}",
    # domain/access/trail
    "domain/access/trail/chain.py::digest_of_all::middle not in shared": "for speed: the same fields pack to the same bytes",
    "domain/access/trail/emptying.py::empty_older::entries.c.organization_id == actor.organization_id": (
        "for the index: `_empty` asks for the school as well"
    ),
    "domain/access/trail/emptying.py::_empty::values.c.organization_id == actor.organization_id": (
        "whatever is to be emptied is asked for within the school already; once more, for what may come to be emptied later"
    ),
    "domain/access/trail/emptying.py::to_empty::values.c.organization_id == actor.organization_id": (
        "the records that are named were found within the school"
    ),
    "domain/access/trail/emptying.py::to_empty::values.c.salt.is_not(None)": "of what is empty already `_empty` counts nothing",
    "domain/access/trail/emptying.py::to_empty::values.c.entry_id.not_in(kept)": (
        "no table that the law keeps goes with a person today: for the day on which one does"
    ),
    "domain/access/trail/emptying.py::empty_older::"
    "entries.c.table_name.in_([name for name, least in KEPT_AT_LEAST.items() if least == each])": (
        "all that the law keeps is kept equally long: there is one time, and what is in no list goes earlier"
    ),
    "domain/access/trail/emptying.py::empty_older::least == each": "all that the law keeps is kept equally long",
    "domain/access/trail/emptying.py::records_of::values.c.organization_id == actor.organization_id": (
        "what is emptied of them is asked for within the school: see `to_empty`"
    ),
    "domain/access/trail/emptying.py::records_of::values.c.salt.is_not(None)": "of what is empty already `_empty` counts nothing",
    "domain/access/trail/emptying.py::records_of::entries.c.table_name.in_([PERSON])": (
        "a key belongs to one record of all tables"
    ),
    "domain/access/trail/emptying.py::people_gone::entries.c.organization_id == school": (
        "of another school's people nothing is found in this one's trail: see `records_of`"
    ),
    "domain/access/trail/emptying.py::people_gone::entries.c.table_name == PERSON": (
        "of what was no person nothing is found: see `records_of`"
    ),
    "domain/access/trail/emptying.py::people_gone::values.c.salt.is_not(None)": "of whom nothing is left nothing is emptied",
    "domain/access/trail/undo.py::steps_after::entries.c.table_name == model.__tablename__": (
        "a key belongs to one record of all tables"
    ),
    "domain/access/trail/values.py::document::hidden": "where nothing is hidden, what follows hides nothing",
    "domain/access/trail/flushed.py::_as_they_are::"
    "not LEFT_OUT.issuperset((table_key(state.mapper, name) for name in state.expired_attributes))": FOR_SPEED,
    "domain/access/trail/writing.py::_write::not _is_ours(session)": f"a session that is nobody's: {NOBODYS}",
    "domain/access/trail/writing.py::_mark::_is_ours(session)": f"a session that is nobody's: {NOBODYS}",
    "domain/access/trail/writing.py::_mark::transaction.nested": "when the outermost begins, nothing is noted yet",
    "domain/access/trail/writing.py::_forget::_is_ours(session)": f"a session that is nobody's: {NOBODYS}",
    "domain/access/trail/writing.py::_is_ours::'actor' in session.info": f"a session that is nobody's: {NOBODYS}",
    # domain/operations
    "domain/operations/calendar_links.py::kinds_for::decide(actor, 'R', 'classes')": (
        "every role reads some classes; whether it is this one is asked in `make_link`"
    ),
    "domain/operations/calendar_links.py::my_links::row.record_id": "of no key nothing is called",
    "domain/operations/calendar_links.py::my_links::SUBJECTS.get(row.kind) == table": "a key belongs to one record of all tables",
    "domain/operations/calendar_links.py::opened::row is None": "where there is no row, there is nobody either",
    "domain/operations/permits.py::end_permits::over": "of none, none is ended",
    "domain/operations/timetable.py::permits_told::decide(session.actor, 'R', ClashPermit)": (
        f"who may not read permits reads no row of them: {FOR_SPEED}"
    ),
    # domain/records
    "domain/records/dependents.py::_named::in_school(session, table)": (
        "the database itself lets no row refer to another school's"
    ),
    "domain/records/labels.py::readable_labels::not wanted": "of no keys nothing is found",
    "domain/records/labels.py::readable_labels::key": "an empty key is nobody's",
    "domain/records/masks.py::masks_in::table.c.id.in_(keys)": "of the rows that are found, those asked for are told",
    "domain/records/masks.py::hidden_in::column in names": "whatever is masked is a field",
    "domain/records/masks.py::read::masked(session.actor, model.__tablename__)": (
        "whoever reads a row has some right to it: for the day on which one would be read by none"
    ),
    "domain/records/masks.py::_worth_asking::right.scope != EVERY": (
        "a right to every row holds in each: asked for or not, the same is shown"
    ),
    "domain/records/masks.py::stored_of_many::name in unseen": "asked of the database, the others are the same",
    f"{ALERTS}::_stands::releases.c.decision == ReleaseDecision.RELEASED": "a word that holds back overrules itself",
    f"{ALERTS}::_handled::releases.c.decision == ReleaseDecision.HELD": "what was released and stands is let in again below",
    f"{ALERTS}::coordinator_supervisor::column.in_(_holders(actor, Role.SCHOOL))": "who holds one of two roles, not the other",
    "domain/records/query.py::conditions::view.search": "whoever searches for nothing would find all rows, as without a search",
    "domain/records/query.py::rows_of::key in found": f"a row that isn't theirs: {NOBODYS}",
    "domain/records/query.py::_chosen::name in known": f"a field that a table hasn't got: {NOBODYS}",
    "domain/records/query.py::read_rows::each not in at_once": "called once more, by the same names",
    "domain/records/query.py::_call_afterwards::row.values.get(reference.name)": "of no key nothing is called",
    "domain/records/query.py::_call_afterwards::reference.name not in row.hidden": "what is shown as dots is no key of anything",
    "domain/records/query.py::matches::not each.sealed": "no text that is searched is sealed: a sealed one is bytes",
    "domain/records/query.py::_any_form::len(form) == 1": "each letter in use has one other case",
    "domain/records/query.py::_has_sort_text::'sort_text' in model.__table__.columns": f"a table without: {NOBODYS}",
    "domain/records/related.py::related::name is None": "whatever refers to a record is a field",
    "domain/records/related.py::related::in_school(session, rows)": "the database itself lets no row refer to another school's",
    "domain/records/write.py::create::value is not None or not _has_default(model, name)": (
        "what a form leaves empty isn't given at all: for whoever gives nothing in words"
    ),
    "domain/records/write.py::update::lock_reason(session, record)": (
        "the session refuses it when it is flushed, and the database what is part of something locked"
    ),
    "domain/records/locks.py::lock_reasons::each.id not in found": "what is locked by itself is found to be, once more",
    "domain/records/locks.py::lock_reasons::key": "what is part of nothing is part of nothing locked",
    "domain/records/locks.py::lock_reasons::not parts": f"of nothing nothing is locked: {FOR_SPEED}",
    "domain/records/many.py::fitting::values[name] != whole[records[at].id][name]": (
        "what is set to what it was is no change: the other way it would be stricter"
    ),
    "domain/records/many.py::fitting::record.id in locked": "the database itself refuses a change of what is locked",
    "domain/records/many.py::write_rows::names == {'id'}": f"of no columns nothing is changed: {FOR_SPEED}",
    "domain/records/write.py::update::current.get(name) != value": (
        "what is set to what it was is no change to the session either"
    ),
    "domain/records/write.py::update_many::_only(values, writable(session.actor, model, 'U'))": (
        "the session refuses such columns when they are flushed"
    ),
    "domain/records/write.py::update_many::writable(session.actor, model, 'U')": (
        "the session refuses such columns when they are flushed"
    ),
    "domain/records/search.py::everywhere::decide(actor, 'R', table)": (
        f"who may not read a table finds no row of it: {FOR_SPEED}"
    ),
    "domain/records/write.py::_no_dots::field.column in dotted": "dots stand in no other field, unless someone means them",
    "domain/records/write.py::_has_default::column.default is not None": "what has none is given as it is: nothing",
    "domain/records/write.py::followers_of::action in ONLY_AFTER.get(each, 'CU')": (
        "which of the school's own rules follow a write, not who may write"
    ),
    "domain/records/write.py::update_many::followers_of(model.__tablename__, 'U')": f"of no followers none is asked: {FOR_SPEED}",
    "domain/records/references.py::gone_references::field is None": "`_only` let no other name pass",
    "domain/records/twins.py::first_taken::not wanted": f"of nothing that is wanted nothing is taken: {FOR_SPEED}",
    "domain/records/twins.py::first_taken::changing is not None and about.isdisjoint(changing)": (
        f"what nothing changes was alone before, and is found to be: {FOR_SPEED}"
    ),
    "domain/records/twins.py::first_taken::not (own or conditions)": "no index is of a school alone",
    # domain/supervision
    **dict.fromkeys(
        (
            "domain/supervision/scopes.py::_is_listed::listed.c.organization_id == actor.organization_id",
            "domain/supervision/scopes.py::_new_student::held.c.organization_id == actor.organization_id",
            "domain/supervision/scopes.py::release_word::alerts.c.organization_id == actor.organization_id",
            "domain/supervision/scopes.py::_holders::held.c.organization_id == actor.organization_id",
        ),
        "for the index: a scope is asked of rows of this school alone, and these refer to nobody of another",
    ),
    "domain/supervision/scopes.py::_keys::alerts.c.organization_id == actor.organization_id": (
        "for the index: a scope is asked of rows of this school alone, and these refer to nothing of another"
    ),
    # pages
    "pages/_files/printing.py::meant::is_id(key)": LOOKED_FOR,
    "pages/_files/printing.py::meant::is_id(key) #2": LOOKED_FOR,
    "pages/_files/printing.py::meant::is_id(key) #3": LOOKED_FOR,
    "pages/_shell/door.py::switch_role::token": "who has no token is nobody: the domain refuses, or the program breaks",
    "pages/_shell/door.py::let_out::token": "who has no token is nobody: the domain refuses, or the program breaks",
    "pages/_shell/door.py::change_password::token": "who has no token is nobody: the domain refuses, or the program breaks",
    "pages/_shell/guard.py::find_actor::actor is None": f"who was looked up in this run is looked up again: {FOR_SPEED}",
    "pages/_shell/guard.py::find_actor::not state.is_at_the_door()": (
        "the cookie that such a browser still has opens nothing: it would be tried, refused and noted"
    ),
    "pages/_shell/guard.py::find_actor::state.is_first_look()": WAITED,
    "pages/_shell/guard.py::open_page::page is None": f"a page's own path is in the catalog; another: {NOBODYS}",
    "pages/_shell/guard.py::_note_refused::"
    "security_log.is_new(f\"page {(actor.user_id if actor else '')} {path}\")": "how often it is written, not whether",
    "pages/_shell/later_step.py::is_under_way::not state.is_at_the_door()": (
        "the cookie that such a browser still has opens nothing: it would be tried, refused and noted"
    ),
    "pages/_shell/limits.py::Limits.__call__::is_upload": "nothing else is ever put: it would be asked who sends it, and refused",
    "pages/_shell/limits.py::Limits.__call__::refusal is not None": f"an app that answers nothing at all: {NOBODYS}",
    "pages/_shell/limits.py::Limits.__call__::not body.started": "what was begun can't be answered anew: the server refuses",
    "pages/_shell/state.py::is_first_look::_kept().get(_MET)": WAITED,
}
