"""Risk of a fleet: what the store and the registers know, and acceptances that are signed."""
