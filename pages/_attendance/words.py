"""How attendance is said: a shape and a word for each status, never a colour alone; who said what, how long ago."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.kit import clock
from domain.kit.formats import show_time, show_when
from domain.kit.texts import _, ngettext
from domain.operations.enums import AttendanceStatus
from domain.operations.sheets import Mark, Word
from pages._shell.lines import joined

SHAPES = {
    AttendanceStatus.PRESENT: "●",
    AttendanceStatus.LATE: "◐",
    AttendanceStatus.ABSENT: "○",
    AttendanceStatus.EXCUSED: "◇",
}
TAPPED = tuple(SHAPES)  # from there to not there, as the buttons stand
HOUR = timedelta(hours=1)


def status_text(status: AttendanceStatus) -> str:
    """`● Present`."""
    return f"{SHAPES[status]} {status.label}"


def ago(moment: datetime, zone: ZoneInfo) -> str:
    """How long ago, as far as people count minutes."""
    minutes = (clock.now() - moment) // timedelta(minutes=1)
    if minutes < 1:
        return _("just now")
    if minutes < HOUR // timedelta(minutes=1):
        return ngettext("{count} minute ago", "{count} minutes ago", minutes)
    return show_when(moment, zone)


def who(word: Word | None) -> str:
    """Who marked; someone, where that isn't known any more."""
    return word.by if word and word.by else _("someone")


def mark_detail(mark: Mark, zone: ZoneInfo) -> str:
    """What is to be said beside a mark: when someone late came, what it was before, what was noted."""
    came = ""
    if mark.status is AttendanceStatus.LATE and mark.checked_in_at:
        came = _("came at {time}").format(time=show_time(mark.checked_in_at.astimezone(zone).time()))
    return joined([came, corrected(mark, zone), mark.notes or ""])


def corrected(mark: Mark, zone: ZoneInfo) -> str:
    """That a mark was something else before; nothing for one that never was."""
    word = mark.word
    if word is None or word.was is None or word.was is mark.status:
        return ""
    return _("was {status}, changed by {who} {when}").format(
        status=word.was.label.lower(), who=who(word), when=show_when(word.at, zone)
    )
