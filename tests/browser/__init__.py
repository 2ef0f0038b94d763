"""A real Chromium against the real app, started as a newcomer starts it."""
