"""Giving a weekly meeting up: what becomes of its sessions and who would be told is shown first."""

from collections.abc import Sequence

from domain.access.trail.writing import written
from domain.access.uow import ScopedSession, unit_of_work
from domain.kit.formats import show_weekday
from domain.kit.texts import _
from domain.operations.clashes import Meeting
from domain.operations.pattern import NoMeeting, apply_change, preview_change
from pages._crud import undo
from pages._operations.told import who_is_told
from pages._shell import parts, state
from pages._shell.findings import findings_list
from pages._shell.guard import current_actor
from pages._timetable import planning
from pages._timetable.touching import touches


def ask(session: ScopedSession, name: str, meeting: Meeting) -> None:
    """The dialog. What was looked at is what is done: where something has changed in between, nothing is."""
    preview = preview_change(session, NoMeeting(meeting.key))
    told_key = f"meeting-told-{meeting.key}"
    state.drop(told_key)

    def details() -> None:
        parts.quiet(touches(preview))
        findings_list([each.finding for each in preview.booked], key="meeting-gone")
        who_is_told(preview.told, key=told_key)

    when = f"{show_weekday(meeting.weekday or 0)} {meeting.hours}"
    parts.confirm(
        _("Give this weekly meeting up?"),
        _("{klass} meets no more on {when}. What was held stays as it is.").format(klass=name, when=when),
        action=_("Give it up"),
        on_confirm=_give_up,
        args=(meeting.key, preview.fingerprint, told_key, [each.id for each in preview.told]),
        details=details,
        key="meeting-gone",
    )


def _give_up(key: str, seen: str, told_key: str, everyone: Sequence[str]) -> None:
    actor, chosen = current_actor(), state.value(told_key)
    with unit_of_work(actor) as session:
        apply_change(session, NoMeeting(key), seen=seen, telling=everyone if chosen is None else chosen)
    undo.done(actor, written(session), _("The meeting is given up."))
    planning.close()
