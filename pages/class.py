"""Classes at a glance, and one class: its week, sessions, students and free places."""  # noqa: N999 -- called as its address

from datetime import date, datetime, timedelta
from functools import partial

import streamlit as st

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.uow import reading
from domain.db.base import model_of
from domain.db.gather import gather
from domain.figures.questions import Answer, counts_stars, stars_of_class
from domain.figures.rules import FEW
from domain.kit.clock import now, wall
from domain.kit.formats import show_date, show_day, show_number, show_percent, show_time
from domain.kit.texts import N_, _, ngettext
from domain.operations import class_queries as queries
from domain.operations.class_queries import ACTIVE, NEARLY_FULL, PAST, ClassCard, StudentLine, WeeklyMeeting
from domain.operations.queries import SessionLine, sees_rolls, sees_seats, sessions_without_attendance
from domain.operations.rules import WEEKDAYS, WORTH_A_WORD, is_nearly_full
from domain.records.missing import note_missing
from pages._charts.spans import Bar
from pages._shell import parts, state
from pages._shell.catalog import Link, coming_sessions, record_link, table_link
from pages._shell.guard import open_page
from pages._shell.lines import joined, leading, line, roll_text, session_line, session_mark, words
from pages._shell.navigate import page_link, switch_to
from pages._shell.spans import at_least_words, bars_and_table

UNMARKED = "unmarked"
VIEWS = {
    ACTIVE: N_("Classes now"),
    NEARLY_FULL: N_("Full or nearly full"),
    UNMARKED: N_("Sessions without attendance"),
    PAST: N_("Past classes"),
}
ACROSS = 3  # cards beside each other on a wide screen
PER_PAGE = 30
COMING, HELD = 6, 6


def classes() -> None:
    """One class if the address names one, else all that the actor sees."""
    actor = open_page("class")
    moment = wall(now(), actor.zone)
    record = st.query_params.get("record") or st.query_params.get("id")
    if record:
        _one(actor, record, moment)
    else:
        _all(actor, moment)


def _all(actor: Actor, moment: datetime) -> None:
    may_create = bool(decide(actor, "C", "classes"))
    action = _("New class") if may_create else None
    sentence = _("Who learns together, when and where. Open a class to see its week.")
    if parts.page_header(_("Classes"), sentence, action=action, key="new-class", icon=":material/add:"):
        switch_to(table_link("classes", mode="new"))
    with reading(actor) as session:
        views = [
            view for view in VIEWS if (view != NEARLY_FULL or sees_seats(session)) and (view != UNMARKED or sees_rolls(session))
        ]
        shown = _choose(views)
        with st.spinner(_("Looking up the classes …")):
            if shown == UNMARKED:
                meetings = sessions_without_attendance(session, moment)
                cards = []
            else:
                meetings = []
                cards = queries.class_cards(session, moment, shown)
    if shown == UNMARKED:
        _unmarked(meetings, moment)
    elif cards:
        parts.quiet(ngettext("{count} class", "{count} classes", len(cards)))
        _cards(cards)
    else:
        _nothing(shown)


def _choose(views: list[str]) -> str:
    """Which classes are shown: the address says it, and is told."""
    wanted = st.query_params.get("show", ACTIVE)
    shown = wanted if wanted in views else ACTIVE
    state.put("class-view", shown)

    def keep() -> None:
        chosen = state.value("class-view") or ACTIVE
        if chosen == ACTIVE:
            st.query_params.pop("show", None)
        else:
            st.query_params["show"] = chosen

    st.pills(
        _("Show"),
        views,
        format_func=lambda view: _(VIEWS[view]),
        key="class-view",
        on_change=keep,
        label_visibility="collapsed",
    )
    return shown


def _nothing(shown: str) -> None:
    said = {
        NEARLY_FULL: _("No class is nearly full: there is room everywhere."),
        PAST: _("No past classes yet."),
    }
    parts.empty_state("calendar_view_week", said.get(shown, _("No classes here yet. They appear once they are planned.")))


def _unmarked(meetings: list[SessionLine], moment: datetime) -> None:
    if not meetings:
        parts.empty_state("task_alt", _("Every session that is over has its attendance. Well done."), key="all-marked")
        return
    parts.quiet(
        ngettext(
            "{count} session is over and has no attendance.", "{count} sessions are over and have no attendance.", len(meetings)
        )
    )
    with st.container(key="unmarked", gap="xsmall"):
        for each in meetings:
            session_line(each, moment, link=Link("attendance", {"session": each.id}), with_day=True)


def _cards(cards: list[ClassCard]) -> None:
    pages = -(-len(cards) // PER_PAGE)
    page = st.pagination(pages, key="class-page") if pages > 1 else 1
    shown = cards[(page - 1) * PER_PAGE : page * PER_PAGE]
    for start in range(0, len(shown), ACROSS):
        for column, card in zip(st.columns(ACROSS), shown[start : start + ACROSS], strict=False):
            with column:
                _card(card)


def _card(card: ClassCard) -> None:
    with leading(partial(_go, card.id), card.name, key=card.id, as_tall=True):
        words(card.name, joined([card.level, card.teacher, card.room]))
        if card.taken is not None:
            st.progress(min(card.taken / card.places, 1.0), text=_places(card.taken, card.places))
        if card.next_session:
            day, start = card.next_session
            parts.quiet(_("Next: {day} {time}").format(day=show_day(day), time=show_time(start)))
        else:
            parts.quiet(_("No session is planned.") if card.is_active else card.term)


def _places(taken: int, places: int) -> str:
    """How many places are taken, and whether a new student still fits."""
    said = _("{taken} of {places} places taken").format(taken=show_number(taken), places=show_number(places))
    if taken >= places:
        return joined([said, _("full")])
    return joined([said, _("nearly full")]) if is_nearly_full(taken, places) else said


def _one(actor: Actor, key: str, moment: datetime) -> None:
    with st.spinner(_("Opening the class …")), reading(actor) as session:
        found, stars = gather(
            session,
            lambda: queries.whole_class(session, moment, key, coming=COMING, held=HELD),
            lambda: stars_of_class(session, key) if counts_stars(actor) else None,
        )
        if found is None:
            note_missing(session, model_of("classes"), key)
    if found is None:
        _missing()
        return
    card, coming, held = found.card, found.coming, found.held
    may_enrol = bool(decide(actor, "C", "enrollments")) and card.is_active
    action = _("Enrol a student") if may_enrol else None
    _back()
    sentence = joined([card.level, card.teacher or _("no teacher yet"), card.room or _("no room yet"), card.term])
    if parts.page_header(card.name, sentence, action=action, key="enrol", icon=":material/person_add:"):
        switch_to(Link("enrolment", {"class": key}))
    parts.metric_row(_figures(card, found.students, moment), key="class")
    _week(found.week, coming + held, moment)
    left, right = st.columns(2, gap="medium")
    with left:
        _sessions(
            _("Coming sessions"), _("No session is planned. They are made from the week and the term's dates."), coming, moment
        )
    with right:
        _sessions(_("Last sessions"), _("No session was held yet."), held, moment)
    if card.taken is not None:
        _students(found.students)
    if stars is not None:
        _stars(stars)
    with st.container(horizontal=True, vertical_alignment="center", key="class-links"):
        page_link(record_link("classes", key), label=_("The class's record"), icon="table_rows")
        page_link(table_link("sessions", f_class_id=key), label=_("All its sessions"), icon="event")
        page_link(table_link("schedules", f_class_id=key), label=_("Its timetable"), icon="schedule")
        page_link(Link("enrolment", {"tab": "waiting", "class": key}), label=_("Its waiting list"), icon="hourglass_top")
        if decide(actor, "C", "classes"):
            page_link(Link("enrolment", {"tab": "roll", "class": key}), label=_("Into the next term"), icon="event_repeat")
        if card.taken is not None:  # who sees the students may worry about one
            page_link(Link("care"), label=_("Tell the school about a student"), icon="volunteer_activism")
        parts.file_link(_("Calendar file"), f"/calendar/{key}.ics", icon="calendar_add_on")
        if card.taken is not None:  # who sees the students prints their names
            parts.file_link(_("Print the class list"), f"/print/class-list/{key}.pdf", icon="print")
            parts.file_link(_("Print this month's sheet"), f"/print/attendance/{key}/{moment:%Y-%m}.pdf", icon="print")


def _missing() -> None:
    parts.page_header(_("Classes"))
    parts.empty_state("search_off", _("This class doesn't exist, or it isn't yours to open."), key="no-class")
    _back()


def _back() -> None:
    st.button(_("All classes"), key="all-classes", icon=":material/arrow_back:", type="tertiary", on_click=partial(_go, ""))


def _go(key: str) -> None:
    """To a class, or back to all of them: the address says which."""
    for name in ("record", "id"):
        st.query_params.pop(name, None)
    if key:
        st.query_params["record"] = key


def _figures(card: ClassCard, students: list[StudentLine], moment: datetime) -> list[parts.Metric]:
    following = _("None planned")
    if card.next_session:
        following = f"{show_day(card.next_session[0])} {show_time(card.next_session[1])}"
    found = [parts.Metric(_("Next session"), following, coming_sessions(moment.date(), f_class_id=card.id))]
    if card.taken is not None:
        free = max(card.places - card.taken, 0)
        said = ngettext("{count} place free", "{count} places free", free) if free else _("full")
        link = table_link("enrollments", f_class_id=card.id, f_status="active")
        taken = _("{taken} of {places}").format(taken=show_number(card.taken), places=show_number(card.places))
        found.insert(0, parts.Metric(_("Places taken"), taken, link, detail=said))
    rates = [each.rate for each in students if each.rate is not None]
    if rates:
        mean = show_percent(sum(rates) / len(rates))
        found.append(parts.Metric(_("Attendance"), mean, detail=_("the mean of its students")))
    return found


def _week(week: list[WeeklyMeeting], meetings: list[SessionLine], moment: datetime) -> None:
    """The days on which the class meets, and what this very week makes of them."""
    parts.section(_("Its week"))
    if not week:
        parts.empty_state("calendar_view_week", _("No weekly meetings yet. Add them in the timetable."), key="no-week")
        return
    monday = moment.date() - timedelta(days=moment.weekday())
    with st.container(key="week", horizontal=True, gap="small"):
        for at, each in enumerate(week):
            with st.container(key=f"card-week-{at}", border=True, width=200, gap=None):
                st.markdown(f"**{_(WEEKDAYS[each.weekday])}**")
                st.markdown(f"{show_time(each.start)}–{show_time(each.end)}")
                day = monday + timedelta(days=(each.weekday + 6) % 7)
                parts.quiet(_this_week(day, each, meetings))


def _this_week(day: date, slot: WeeklyMeeting, meetings: list[SessionLine]) -> str:
    found = next((each for each in meetings if each.date == day and each.start == slot.start), None)
    said = found.status.label if found else _("no session this week")
    return joined([show_day(day), said])


def _sessions(title: str, nothing: str, meetings: list[SessionLine], moment: datetime) -> None:
    parts.section(title)
    if not meetings:
        parts.empty_state("event_busy", nothing, key=f"none-{title}")
        return
    with st.container(key=f"sessions-{title}", gap="xsmall"):
        for each in meetings:
            hours = f"{show_day(each.date)} {show_time(each.start)}–{show_time(each.end)}"
            link = record_link("sessions", each.id)
            line(hours, roll_text(each), key=each.id, to=link, marks=[session_mark(each, moment)])


def _stars(stars: Answer) -> None:
    """What the class knows, as far as five of its students share it: never whose stars they are."""
    parts.section(
        _("Its constellations"),
        _("How many of the class have stars, and of which kinds five or more share. Counted in fives, at the last month's end."),
    )
    told = [each for each in stars.at(stars.moments[-1]) if each.is_told] if stars.moments else []
    if not told:
        parts.empty_state(
            "star_shine", _("Fewer than five students of this class had stars, so nothing is shown."), key="few-stars"
        )
        return
    names = [each.groups[0].capitalize() or _("Any star") for each in told]
    counts = [at_least_words(each.at_least) for each in told]
    bars = [
        Bar(name, each.at_least, each.at_least + FEW - 1, count) for name, each, count in zip(names, told, counts, strict=True)
    ]
    bars_and_table("stars", _("Its constellations"), bars, {_("Kind"): names, _("Students"): counts})


def _students(students: list[StudentLine]) -> None:
    parts.section(_("Students"))
    if not students:
        parts.empty_state("group_add", _("Nobody is enrolled yet."), key="no-students")
        return
    half = -(-len(students) // 2)
    for column, some in zip(st.columns(2, gap="medium"), (students[:half], students[half:]), strict=True):
        with column, st.container(gap="xsmall"):
            for each in some:
                _student(each)


def _student(each: StudentLine) -> None:
    rate = ""
    if each.rate is not None:
        rate = _("was there {rate} of the time").format(rate=show_percent(each.rate))
    since = _("since {date}").format(date=show_date(each.since))
    row = each.absences_in_a_row
    said = ngettext("{count} absence in a row", "{count} absences in a row", row)
    marks = [(said, "attention")] if row >= WORTH_A_WORD else []
    line(each.name, joined([rate, since]), key=each.id, to=record_link("users", each.id), marks=marks)


classes()
