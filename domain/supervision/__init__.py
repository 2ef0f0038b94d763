"""Care without prying: conversations' bare facts, fingerprints, the log, alerts and wellbeing. Never what was said."""
