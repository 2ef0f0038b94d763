"""Strangers who guess without end."""

from domain.access import attempts
from domain.db.engine import engine


def guess_without_end(name: str, *, address: str = "") -> None:
    """So often that whoever tries next, by this e-mail or from this address, must wait: a quarter of an hour, or a minute."""
    later, moment = attempts.now() + 90 * attempts.ACCOUNT.forgiven, attempts.now()
    subjects = [attempts._subject("account", name.lower()), *([attempts._subject("address", address)] if address else [])]
    with engine().begin() as connection:
        for subject in subjects:
            values = (subject[:26], subject, *(each.strftime("%Y-%m-%d %H:%M:%S.%f") for each in (later, moment)))
            connection.exec_driver_sql(
                "INSERT INTO sign_in_attempts (id, subject_hash, forgiven_at, last_at) VALUES (?, ?, ?, ?)", values
            )
