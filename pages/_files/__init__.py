"""Routes by which files leave the app: lists, calendars, pictures. Each asks session and rights, and is open to nobody else."""
