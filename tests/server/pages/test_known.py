"""What the content says is looked up once for each content."""

from __future__ import annotations

from rempart_server.context import Context
from rempart_server.pages.known import known_to


def test_checks_profiles_and_frameworks_are_found_by_name(context: Context) -> None:
    known = known_to(context)
    assert known.checks["RMT-01"].id == "RMT-01"
    assert known.profiles["server"].name == "server"
    assert "gdpr" in known.frameworks
    assert known_to(context) is known
