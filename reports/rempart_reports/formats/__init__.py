"""One module a report format and one registry line."""
