"""What the two pages of a sky share: the student's constellation, and the companion's memory."""
