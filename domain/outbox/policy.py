"""Who may do what with what is told: each with their own inbox; coordination sees whether mails went out, not what they say."""

from domain.access.grants import Policy, every, grant, rows

OWN_INBOX = rows("own", "user_id", "RD") + rows("own", "user_id", "U", only=("read_at",))
MAILS = ("user_id", "subject", "status", "attempts", "next_try_at", "sent_at", "created_at")

POLICY: Policy = {
    "notices": grant(student=OWN_INBOX, teacher=OWN_INBOX, parent=OWN_INBOX, staff=OWN_INBOX, school=OWN_INBOX, owner=OWN_INBOX),
    "outgoing_mails": grant(school=every("R", shown=MAILS)),
}
