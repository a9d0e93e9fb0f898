"""Reads the stanzas of Debian's control files; see :mod:`rempart_agent.models.deb822`."""

from rempart_agent.models.deb822 import stanzas

__all__ = ["stanzas"]
