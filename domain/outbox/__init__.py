"""What the school tells its people: notices in the app's inbox, mails that wait to be sent."""
