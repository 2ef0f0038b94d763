"""Pages that a school pins to a door: class lists, attendance sheets, weeks. Made as PDF from what their reader may read."""
