"""``rempart checks list``: what a profile selects, as it is judged there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.cli import main

SITE = """\
title: {en: a, fr: b}
extends: server
only: {controls: {house: ["1.*"]}, severity: [high, low]}
severities: {TST-02: {severity: low, reason: {en: c, fr: d}}}
"""


def test_the_list_of_a_profile_shows_the_severity_in_force(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "profiles/site.yaml").write_text(SITE, encoding="utf-8")
    assert main(["checks", "list", "--profile", "site"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:2] for line in lines] == [["TST-01", "high"], ["TST-02", "low"]]
