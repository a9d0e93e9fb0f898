"""The checks that come with Rempart are found in a wheel and in a checkout, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.content.place import content_root, find_root
from rempart_core.error import ContentError


def test_the_root_holds_the_checks() -> None:
    assert (Path(content_root()) / "checks").is_dir()


@pytest.mark.parametrize(
    ("package", "checks", "root"),
    [
        ("site/rempart_core", "site/rempart_core/content/checks", "site/rempart_core/content"),
        ("repository/core/rempart_core", "repository/checks", "repository"),
    ],
)
def test_it_is_found_in_a_wheel_and_in_a_checkout(tmp_path: Path, package: str, checks: str, root: str) -> None:
    (tmp_path / package).mkdir(parents=True)
    (tmp_path / checks).mkdir(parents=True)
    assert find_root(str(tmp_path / package)) == str(tmp_path / root)


def test_without_it_the_error_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "lib/site/rempart_core").mkdir(parents=True)
    (tmp_path / "checks").mkdir()  # somebody else's
    with pytest.raises(ContentError, match="are not installed: install it again, or name some with --checks-dir"):
        find_root(str(tmp_path / "lib/site/rempart_core"))
