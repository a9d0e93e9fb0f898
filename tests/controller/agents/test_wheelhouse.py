"""What is fetched for endpoints: for kinds that there are, and not again where it is whole. The lab installs it."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

import pytest

from rempart_controller.agents.wheelhouse import NEEDED, Kind, Made, build
from rempart_core.error import UsageError, WheelhouseError
from rempart_core.version import VERSION


@pytest.mark.parametrize(
    "kind", [Kind("3.10", "x86_64"), Kind("2.7", "x86_64"), Kind("3.x", "x86_64"), Kind("3.13", "../x")]
)
def test_a_kind_that_has_no_agent_is_refused(kind: Kind, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        build(str(tmp_path), kind)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_whole_is_left_alone_and_another_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "cp313-x86_64"
    folder.mkdir()
    (folder / "example-1.0-py3-none-any.whl").write_bytes(b"wheel")
    digest = hashlib.sha256(b"wheel").hexdigest()
    source = "no-such-project-of-that-name @ file:///nowhere/at/all"
    lines = f"# Rempart {VERSION} from {source}\nexample==1.0 --hash=sha256:{digest}\n"
    (folder / "requirements.txt").write_text(lines)
    kind = Kind("3.13", "x86_64")
    assert build(str(tmp_path), kind, source) == Made(str(folder), False, 1)
    (folder / "example-1.0-py3-none-any.whl").write_bytes(b"another")
    with pytest.raises(WheelhouseError, match="pip wheel"):
        build(str(tmp_path), kind, source)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name], "nothing is left beside it"


def test_an_agents_dependencies_are_some_of_rempart_s() -> None:
    declared = {text.partition(">")[0].lower() for text in metadata.requires("rempart") or ()}
    assert {name.lower() for name in NEEDED} <= declared
