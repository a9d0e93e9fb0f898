"""Telling somebody what got worse: ``rempart audit --notify``. Apprise is imported in :mod:`sender` only."""
