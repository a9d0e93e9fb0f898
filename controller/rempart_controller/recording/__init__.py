"""The run that is being saved, the user's key."""
