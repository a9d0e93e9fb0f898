"""The walk-through for DPOs is walked: each command as it stands there, in a folder of its own."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from rempart_controller.commands.main import main

TEXT = (Path(__file__).resolve().parents[2] / "docs/dpo.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^`(\S+)`\n\n)?^```(csv|yaml)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GAP = 3
"""The exit status of what says on its first line that something could not be judged."""


def test_every_command_does_what_it_is_there_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    walked = []
    for file, kind, body in BLOCK.findall(TEXT):
        if kind:
            if file.endswith("people.csv"):
                (tmp_path / "registres/people.yaml").unlink()
                (tmp_path / "registres/evidence/feuille-01.pdf").write_bytes(b"signed")
            (tmp_path / file).write_text(body, encoding="utf-8")
            continue
        for line in body.splitlines():
            words = shlex.split(line)
            if "--pdf" in words and importlib.util.find_spec("weasyprint") is None:
                continue
            status = main(words[1:])
            said = capsys.readouterr()
            wanted = GAP if words[1] in {"audit", "report"} else 0
            assert status == wanted, f"{line}\n{said.out}{said.err}"
            walked.append(words[1:3])
    assert len(walked) >= 11
    assert (tmp_path / "rapport.html").stat().st_size > 1000
    assert "p-001" not in capsys.readouterr().err
