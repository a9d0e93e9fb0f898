"""French without the spaces that never break, so that tests can be read."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return a text with ordinary spaces in place of those that never break."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
