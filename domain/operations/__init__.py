"""The running of the school: rooms, terms, classes and their week, sessions, attendance, enrolments, placements."""
