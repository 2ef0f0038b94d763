"""Time: instants are UTC and aware; a school's today and wall clock are reckoned in its own zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "America/Sao_Paulo"


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def zone_of(settings: dict[str, object] | None) -> ZoneInfo:
    """The zone in a school's settings (`time_zone`), else São Paulo's."""
    name = (settings or {}).get("time_zone")
    try:
        return ZoneInfo(name if isinstance(name, str) else DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder's name, or one too long for a file
        return ZoneInfo(DEFAULT_ZONE)


def today(zone: ZoneInfo) -> date:
    """The date on the wall of a school in this zone."""
    return now().astimezone(zone).date()


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """An instant as the school's clock shows it."""
    return instant.astimezone(zone)
