"""Parts of the page of the timetable."""
