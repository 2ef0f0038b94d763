"""What people are told of: each kind's title, under which it stands in an inbox and over a mail. A new kind is a new line.

A title says nothing of its subject: coordination sees the subjects of mails.
"""

from domain.kit.texts import N_

TITLES: dict[str, str] = {
    "session_cancelled": N_("A session is cancelled"),
    "session_moved": N_("A session is moved"),
    "session_substituted": N_("Another teacher gives a session"),
    "session_given_back": N_("The class's own teacher gives a session again"),
    "session_without_teacher": N_("A session has no teacher yet"),
    "session_made_up": N_("A session makes up for another"),
    "sessions_changed": N_("Sessions of a class change"),
    "booking_concerned": N_("A trial class is touched"),
    "seat_offered": N_("A seat is offered"),
    "seat_expired": N_("An offer has ended"),
    "enrolled": N_("An enrolment"),
    "transferred": N_("A change of class"),
    "dropped": N_("The end of an enrolment"),
    "taken_back": N_("Something was taken back"),
    "check_in": N_("Arrived at school"),
    "news": N_("News from the school"),
}
