"""The second factor: an authenticator's codes (TOTP, RFC 6238) and the recovery codes that stand in for it.

Functions on a connection, for callers who know who acts: `steps` for who is signing in, `my_factor` for who is signed in. School,
reception and owners must have one unless their school's settings say otherwise; everybody may.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NoReturn

import pyotp
from sqlalchemy import Connection, delete, func, insert, select, update

from domain.access import security_log
from domain.access.accounts import Account, connected, digest, table_named
from domain.access.keys import installation_key
from domain.access.models import RecoveryCode, SecondFactor
from domain.access.roles import Role
from domain.access.security_log import Event
from domain.crypto import installation
from domain.kit.clock import now
from domain.kit.errors import InvalidInput, Problem
from domain.kit.ids import new_id
from domain.kit.texts import N_

REQUIRED_OF = frozenset({Role.STAFF, Role.SCHOOL, Role.OWNER})
REQUIRED_SETTING, VOUCHING_SETTING = "second_factor_required", "second_factor_by_provider"  # of the school
FIRST_DAY = timedelta(days=1)  # of a school
SECONDS = 30  # that a code lasts
DRIFT = 1  # steps that a phone's clock may be off, either way
CODES = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that is taken for a digit
CODE_LENGTH = 16  # 80 bits, so that a plain hash keeps it
ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
WRONG_CODE = N_("This code doesn't fit, or was used already. Please wait for the next one and try again.")
WRONG_RECOVERY_CODE = N_("This isn't one of your recovery codes, or it was used already.")


class Need(StrEnum):
    """What is still asked of someone whose password was right."""

    NOTHING = "no"
    CODE = "ask"
    SET_UP = "set up"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator is told: the secret, for typing, and the address that a QR code holds. Shown, never logged."""

    secret: str
    address: str

    def __repr__(self) -> str:
        return "Enrolment(•••)"


def need_of(connection: Connection, account: Account) -> Need:
    """What is asked of a person for whom nobody vouches."""
    if is_on(connection, account.user_id):
        return Need.CODE
    required = required_of(connection, account.organization_id, account.roles)
    return Need.SET_UP if required else Need.NOTHING


def vouching_counts(connection: Connection, organization_id: str) -> bool:
    """Whether a school takes an identity provider's word that it asked for a second factor. What isn't said is refused."""
    return _settings(connection, organization_id).get(VOUCHING_SETTING) is True


def required_of(connection: Connection, organization_id: str, roles: tuple[Role, ...]) -> bool:
    """Whether a school requires a second factor of someone who holds these roles."""
    return requires(_settings(connection, organization_id), roles)


def requires(settings: Mapping[str, Any], roles: tuple[Role, ...]) -> bool:
    """Whether these settings require a second factor of someone who holds these roles. What isn't said is required."""
    return settings.get(REQUIRED_SETTING, True) is not False and not REQUIRED_OF.isdisjoint(roles)


def still_asked(settings: Mapping[str, Any], role: Role, *, taken: datetime | None, founded: datetime) -> bool:
    """Whether a session in this role goes no further before a second step. `taken`: when it was; `founded`: the school.

    On its first day a school holds little, and whoever founds it comes in without: they are asked the day after, or when they
    next sign in.
    """
    return taken is None and now() - founded > FIRST_DAY and requires(settings, (role,))


def _settings(connection: Connection, organization_id: str) -> Mapping[str, Any]:
    schools = table_named("organizations")
    found = connection.execute(select(schools.c.settings).where(schools.c.id == organization_id)).scalar()
    return found if isinstance(found, dict) else {}


def is_on(connection: Connection, user_id: str) -> bool:
    """Whether a person has an authenticator that was confirmed."""
    return since(connection, user_id) is not None


def since(connection: Connection, user_id: str) -> datetime | None:
    """Since when a person has one."""
    table = SecondFactor.__table__
    found: datetime | None = connection.execute(select(table.c.confirmed_at).where(table.c.user_id == user_id)).scalar()
    return found


def start(connection: Connection, account: Account) -> Enrolment:
    """A new secret for a person's authenticator. Nothing changes until `confirm` is given a code of it."""
    table, secret = SecondFactor.__table__, pyotp.random_base32()
    sealed = installation.seal(installation_key(), secret, _about(account.user_id))
    changed = connection.execute(update(table).where(table.c.user_id == account.user_id).values(next_secret=sealed))
    if not changed.rowcount:
        who = {"user_id": account.user_id, "organization_id": account.organization_id}
        connection.execute(insert(table).values(id=new_id(), created_at=now(), next_secret=sealed, **who))
    users = table_named("users")
    email = connection.execute(select(users.c.email).where(users.c.id == account.user_id)).scalar()
    address = pyotp.TOTP(secret).provisioning_uri(name=email or account.name, issuer_name=account.school_name)
    return Enrolment(secret, address)


def confirm(connection: Connection, account: Account, code: str) -> list[str]:
    """Make the secret that `start` gave the person's own, with a code that proves that they hold it; new recovery codes.

    Raises InvalidInput at `code`.
    """
    table = SecondFactor.__table__
    row = connection.execute(select(table.c.next_secret).where(table.c.user_id == account.user_id)).first()
    step = _step_of(account.user_id, row.next_secret, code) if row and row.next_secret else None
    if row is None or step is None:
        _refuse(account, N_("This code doesn't fit. Please look at your phone's clock, and try the next code."))
    values = {"secret": row.next_secret, "next_secret": None, "last_step": step, "confirmed_at": now()}
    connection.execute(update(table).where(table.c.user_id == account.user_id).values(**values))
    return new_recovery_codes(connection, account)


def take(connection: Connection, account: Account, given: str) -> None:
    """Use a person's code, of six digits or for recovery, up. Raises InvalidInput at `code` if it doesn't fit or was used.

    The transaction holds the write lock, so that of two who give one code at once, one is refused.
    """
    code = "".join(given.split())
    digits = code.replace("-", "")
    if len(digits) == 6 and digits.isdigit():
        if not _take_code(connection, account.user_id, digits):
            _refuse(account, WRONG_CODE)
    elif not _take_recovery_code(connection, account.user_id, code):
        _refuse(account, WRONG_RECOVERY_CODE if len(digits) > 6 else WRONG_CODE)
    else:
        security_log.record(Event.RECOVERY_CODE_USED, person=account.user_id, school=account.organization_id)


def _refuse(account: Account, why: str) -> NoReturn:
    security_log.record(Event.SECOND_FACTOR_REFUSED, person=account.user_id, school=account.organization_id)
    raise InvalidInput([Problem("code", why)])


def _take_code(connection: Connection, user_id: str, code: str) -> bool:
    table = SecondFactor.__table__
    row = connection.execute(select(table).where(table.c.user_id == user_id)).first()
    if row is None or row.secret is None:
        return False
    step = _step_of(user_id, row.secret, code)
    if step is None:
        return False
    later = (table.c.last_step.is_(None)) | (table.c.last_step < step)
    return bool(connection.execute(update(table).where(table.c.user_id == user_id, later).values(last_step=step)).rowcount)


def _step_of(user_id: str, sealed: str, code: str) -> int | None:
    """The time step, within the drift, whose code this is; the latest if there are several."""
    totp = pyotp.TOTP(installation.unseal(installation_key(), sealed, _about(user_id)))
    here = int(now().timestamp()) // SECONDS
    given = "".join(code.split()).encode(errors="replace")
    fitting = [
        step for step in range(here - DRIFT, here + DRIFT + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), given)
    ]
    return max(fitting, default=None)


def new_recovery_codes(connection: Connection, account: Account) -> list[str]:
    """Ten new codes, `XXXX-XXXX-XXXX-XXXX`, to be shown once; those before work no more."""
    table, user_id = RecoveryCode.__table__, account.user_id
    connection.execute(delete(table).where(table.c.user_id == user_id))
    codes = ["".join(secrets.choice(ALPHABET) for _each in range(CODE_LENGTH)) for _code in range(CODES)]
    who = {"user_id": user_id, "organization_id": account.organization_id, "created_at": now()}
    connection.execute(insert(table), [{"id": new_id(), "code_hash": _hash(user_id, code), **who} for code in codes])
    security_log.record(Event.SECOND_FACTOR_SET_UP, person=user_id, school=account.organization_id)
    return ["-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4)) for code in codes]


def recovery_codes_left(connection: Connection, user_id: str) -> int:
    """How many codes a person can still use."""
    table = RecoveryCode.__table__
    wanted = select(func.count()).select_from(table).where(table.c.user_id == user_id, table.c.used_at.is_(None))
    return int(connection.execute(wanted).scalar_one())


def _take_recovery_code(connection: Connection, user_id: str, given: str) -> bool:
    table, code = RecoveryCode.__table__, given.upper().replace("-", "").translate(ALIKE)
    if not is_on(connection, user_id):
        return False
    unused = (table.c.user_id == user_id, table.c.code_hash == _hash(user_id, code), table.c.used_at.is_(None))
    return bool(connection.execute(update(table).where(*unused).values(used_at=now())).rowcount)


def take_away(connection: Connection, user_id: str) -> bool:
    """A person has no second factor any more, nor recovery codes; whether there was one."""
    had = is_on(connection, user_id)
    for model in (SecondFactor, RecoveryCode):
        connection.execute(delete(model.__table__).where(model.__table__.c.user_id == user_id))
    return had


def sealed_with_another_key() -> int:
    """How many secrets the installation's present key doesn't open."""
    table = SecondFactor.__table__
    with connected(writing=False) as connection:
        kept = connection.execute(select(table.c.secret).where(table.c.secret.is_not(None))).scalars().all()
    return sum(not installation.fits(installation_key(), each) for each in kept) if kept else 0


def _hash(user_id: str, code: str) -> str:
    return digest(f"recovery:{user_id}:{code}")


def _about(user_id: str) -> str:
    return f"second factor of {user_id}"
