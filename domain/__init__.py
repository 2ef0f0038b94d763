"""The school in plain Python: no page, no chart and no data frame is known here."""
