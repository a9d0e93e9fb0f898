"""The import as a whole: what is written passes lint and its cases, and what was written is never touched again."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.imports.fleet import import_policies
from rempart_core.error import UsageError

TEAM = """\
policies:
  - name: Gatekeeper is on
    platform: darwin
    query: SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1;
  - name: No bad package
    query: SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM npm_packages WHERE name = 'bad');
  - name: Nothing is asked
    query: SELECT 1;
"""


def given(folder: Path, text: str = TEAM) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "pc.yml").write_text(text, encoding="utf-8")
    return str(folder)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "fleet").iterdir()}


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    source, out = given(tmp_path / "in"), tmp_path / "my"
    first = import_policies(source, str(out))
    assert [Path(file).name for file in first.written] == [
        "fleet-0001-gatekeeper-is-on.yaml",
        "fleet-0002-no-bad-package.yaml",
    ]
    file = out / "fleet/fleet-0001-gatekeeper-is-on.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("fr: ", "fr: "), encoding="utf-8")
    before = texts(out)
    second = import_policies(source, str(out))
    assert (second.written, second.kept) == ([], 2)
    assert texts(out) == before


def test_a_policy_that_changed_is_told_and_a_new_one_gets_the_next_id(tmp_path: Path) -> None:
    out = tmp_path / "my"
    import_policies(given(tmp_path / "in"), str(out))
    before = texts(out)
    changed = TEAM.replace("name = 'bad'", "name = 'worse'") + (
        "  - name: Another\n    query: SELECT 1 FROM users WHERE uid = 0\n    platform: linux\n"
    )
    done = import_policies(given(tmp_path / "in", changed), str(out))
    assert [Path(file).name for file in done.written] == ["fleet-0003-another.yaml"]
    assert "the policy changed since it was imported as FLEET-0002" in "".join(str(one.why) for one in done.left_out)
    assert before.items() <= texts(out).items()


def test_of_two_policies_of_one_name_the_second_is_left_out(tmp_path: Path) -> None:
    source = given(tmp_path / "in", TEAM + "  - name: Gatekeeper is on\n    query: SELECT 1 FROM users\n")
    done = import_policies(source, str(tmp_path / "my"))
    assert [(one.line, str(one.why)) for one in done.left_out if "same name" in str(one.why)] == [
        (9, "another policy has the same name and asks something else: pc.yml:2")
    ]


def test_a_folder_without_a_policy_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no policy"):
        import_policies(given(tmp_path / "in", "name: x\n"), str(tmp_path / "my"))
    assert not (tmp_path / "my").exists()


def test_what_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "my").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match="my"):
        import_policies(given(tmp_path / "in"), str(tmp_path / "my"))
