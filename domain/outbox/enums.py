"""Closed sets of values in what is told."""

from domain.db.types import Choice
from domain.kit.texts import N_


class MailStatus(Choice):
    """Where a mail stands."""

    QUEUED = "queued", N_("Waiting to be sent")
    SENT = "sent", N_("Sent")
    FAILED = "failed", N_("Could not be sent")
