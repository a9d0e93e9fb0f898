"""docs/add-a-profile.md and docs/add-a-framework.md: what they show is sound, and what they list is there."""

from __future__ import annotations

import re
from pathlib import Path

from rempart_core.content.checkfile import read_checks
from rempart_core.content.frameworkfile import read_frameworks
from rempart_core.content.profilefile import read_profiles
from rempart_core.content.selectorfile import SELECTING
from rempart_core.model.profile import Profile
from rempart_core.model.selection import select

ROOT = Path(__file__).parents[2]
OURS = str(ROOT / "checks")


def lay(document: str, folder: Path) -> str:
    """Write the file that a document shows below a folder, and return the document."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    (shown,) = re.findall(r"^`([a-z]+/[\w.-]+\.yaml)`:\n\n```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    path = folder / shown[0]
    path.parent.mkdir()
    path.write_text(shown[1], encoding="utf-8")
    return text


def test_the_documented_profile_selects_what_the_document_says(tmp_path: Path) -> None:
    lay("add-a-profile.md", tmp_path)
    checks = read_checks([OURS])
    profiles: dict[str, Profile] = {one.name: one for one in read_profiles([OURS, str(tmp_path)], checks)}
    selected, excluded = select(checks, profiles["lyon-server"], "linux")
    by_id = {one.check.id: one for one in selected}
    assert {one.severity.value for one in selected} == {"critical", "high", "medium"}
    assert "IMG-04" in by_id  # from the profile of the framework, which takes every role
    assert by_id["PAT-01"].parameters["patch_age_d"] == 7
    assert by_id["TIM-01"].severity.value == "high"
    assert [one.check for one in excluded] == ["PAT-04"]


def test_the_document_lists_every_key_and_every_profile_of_ours() -> None:
    text = (ROOT / "docs/add-a-profile.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    for key in SELECTING:
        assert f"| `{key}: " in rows
    for path in (ROOT / "checks/profiles").glob("*.yaml"):
        assert f"`{path.stem}`" in rows


def test_the_documented_framework_is_sound(tmp_path: Path) -> None:
    lay("add-a-framework.md", tmp_path)
    house = read_frameworks([OURS, str(tmp_path)])["house-2"]
    assert list(house.requirements) == ["3.1", "3.10"]
