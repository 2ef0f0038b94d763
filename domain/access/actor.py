"""Who acts: every session of the database is opened for one."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from domain.access.roles import Role
from domain.kit.clock import DEFAULT_ZONE, zone_of


@dataclass(frozen=True)
class Actor:
    """A person in one of their roles, at one school; or a job of the system, which has a name instead."""

    organization_id: str
    user_id: str = ""
    role: Role | None = None
    roles: tuple[Role, ...] = ()
    name: str = ""
    school_name: str = ""
    is_demo: bool = False
    language: str | None = None
    picture: str | None = None
    time_zone: str = DEFAULT_ZONE
    job: str = field(default="")
    unread: int = field(default=0, compare=False)  # notices in the inbox: asked along, since it stands on every page

    @classmethod
    def system(cls, organization_id: str, job: str) -> "Actor":
        """A job of the system, such as the demo or the importer."""
        return cls(organization_id=organization_id, job=job)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the school reckons its days."""
        return zone_of({"time_zone": self.time_zone})

    @property
    def scope(self) -> tuple[str, str, str]:
        """What a cache must be keyed by, so that nobody is shown another's rows."""
        return self.organization_id, self.user_id, str(self.role or self.job)
