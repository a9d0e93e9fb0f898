"""The report that is handed on: what it is made from, and where it goes."""
