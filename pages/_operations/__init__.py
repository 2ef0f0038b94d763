"""What pages of the school's running share: what is done with a session, how a plan is shown."""
