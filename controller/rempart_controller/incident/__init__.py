"""Incidents: evidence, isolation, return to service, and a record of who did what and when that can be proven."""
