"""The trail: who changed what and when, written with the change itself, chained so that a later hand is found."""
