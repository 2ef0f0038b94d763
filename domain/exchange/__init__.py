"""What leaves the school as files, for any table: lists as CSV and Excel, sessions as calendars."""
