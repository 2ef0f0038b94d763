"""The companion's memory of a student: a graph that forgets and a ledger that doesn't. Its words are the student's alone."""
