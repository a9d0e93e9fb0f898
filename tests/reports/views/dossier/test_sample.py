from __future__ import annotations

import hashlib

from rempart_reports.views.dossier.sample import draw_sample


def test_the_sample_can_be_drawn_again_by_hand() -> None:
    """As docs/report.md says: ``printf %s HEAD HOST | sha256sum`` of each host, sorted."""
    hosts = [f"web-{number}" for number in range(20)] + ["café", "\ud800"]
    expected = sorted(hosts, key=lambda host: hashlib.sha256(b"ab12" + host.encode("utf-8", "surrogatepass")).digest())
    assert [one.host for one in draw_sample("ab12", hosts, 5)] == expected[:5]
    assert [one.host for one in draw_sample("ab12", reversed(hosts), 5)] == expected[:5]
    assert [one.host for one in draw_sample("ab13", hosts, 5)] != expected[:5]
    assert len(draw_sample("ab12", hosts, 99)) == len(hosts)
