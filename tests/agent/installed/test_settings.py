"""The installed agent's file: all its mistakes at once, and nothing of it where others may write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rempart_agent.installed.settings import Settings, read_settings
from rempart_agent.installed.spool import Bounds
from rempart_core.error import ContentError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tmp_path.chmod(0o755)
    path = tmp_path / "agent.yaml"
    path.touch(0o600)
    return path


def mistakes(file: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        read_settings(str(file))
    return [str(mistake).removeprefix(f"{file}:") for mistake in caught.value.mistakes]


def test_what_the_file_says_is_what_is_audited_with(file: Path) -> None:
    waivers = file.with_name("waivers.yaml")
    waivers.write_text("waivers: []\n")
    file.write_text(
        f"role: server\nprofile: call-centre-server\nwaivers: {waivers}\nengine: embedded\ndeadline: 5\n"
        "parameters:\n  PRV-01: {allowed_admins: [auditor]}\nspool: {files: 7, megabytes: 2}\n"
    )
    assert read_settings(str(file)) == Settings(
        role="server",
        profile="call-centre-server",
        parameters={"PRV-01": {"allowed_admins": ["auditor"]}},
        waivers=str(waivers),
        engine="embedded",
        deadline=5.0,
        bounds=Bounds(7, 2 << 20),
    )


def test_without_a_word_all_is_as_usual(file: Path) -> None:
    file.write_text("spool: {files: 60}\n")
    assert read_settings(str(file)) == Settings()


def test_all_mistakes_are_told_at_once(file: Path) -> None:
    waivers = file.with_name("waivers.yaml")
    waivers.write_text("waivers:\n  - {check: ZZZ-99, reason: none, owner: me, end: 2030-01-01}\n")
    file.write_text(
        "rol: server\nrole: image\nprofile: servr\nengine: osquery\ndeadline: 0\n"
        f"checks: [relative, /nowhere/at/all]\nwaivers: {waivers}\n"
        "parameters:\n  DSK-01: {max_days: 3}\n  ZZZ-01: {}\n  PAT-01: {patch_age_d: many}\n"
        "spool: {files: 0, bytes: 3}\n"
    )
    said = "\n".join(mistakes(file))
    for expected in (
        'unknown key "rol": did you mean "role"',
        "2:7: role:",
        'there is no profile "servr": did you mean "server"',
        "4:9: engine:",
        "5:11: deadline: 0 is too small",
        'checks: "relative" is no absolute path',
        "/nowhere/at/all: can't be read",
        'no check has the id "ZZZ-99"',
        'DSK-01 has no parameter "max_days"',
        'no check has the id "ZZZ-01"',
        "11:25:",
        "spool.files: 0 is too small",
        'unknown key "bytes"',
    ):
        assert expected in said, f"{expected}\n{said}"


def test_a_file_that_is_not_there_or_no_yaml_is_one_mistake(file: Path) -> None:
    assert len(mistakes(file.with_name("none.yaml"))) == 1
    file.write_text("{")
    assert len(mistakes(file)) == 1


def test_nothing_is_believed_that_others_may_write(file: Path) -> None:
    own = file.with_name("own")
    (own / "area").mkdir(parents=True)
    (own / "area/x.yaml").touch()
    file.write_text(f"checks: [{own}]\n")
    (own / "area/x.yaml").chmod(0o666)
    assert any("x.yaml: others may write to it" in one for one in mistakes(file))
    (own / "area/x.yaml").unlink()
    file.chmod(0o620)
    assert any("others may write to it" in one for one in mistakes(file))
    file.chmod(0o600)
    file.parent.chmod(0o777)
    assert any("others may write to it" in one for one in mistakes(file))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_nothing_is_believed_of_another_user(file: Path) -> None:
    file.write_text("role: server\n")
    os.chown(file, 12345, -1)
    assert any("belongs to another user" in one for one in mistakes(file))
