"""What a shell completes: commands, options, checks, profiles, and hosts of the store or of an inventory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_controller.commands import completion, registry
from rempart_controller.commands.completion import list_names
from rempart_controller.commands.main import main
from rempart_store.store import Store

BIN = Path(sys.executable).parent
_TRY = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"
_shtab_rempart rempart "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""
INI = """
[servers]
web-1 ansible_host=10.0.0.1  # the first
web[02:04]
[databases:children]
servers
[servers:vars]
secret_word=1
"""
YAML = """
all:
  vars: {nobody: 1}
  children:
    servers:
      vars:
        word: 1
      hosts:
        web-1:
          ansible_port: 2222
        "db-1":
    laptops: {}
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the script of each shell."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in completion.SHELLS:
        done = subprocess.run([str(BIN / "rempart"), "completion", shell], capture_output=True, check=True)
        (folder / shell).write_bytes(done.stdout)
    return {shell: folder / shell for shell in completion.SHELLS}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}")
    monkeypatch.delenv("REMPART_STORE", raising=False)
    place = tmp_path / "rempart/rempart.db"
    place.parent.mkdir()
    with Store.open(str(place)) as opened:
        opened.save([make_run(name, BEGINNING, [make_result("AAA-01")]) for name in ("web-1", "db-1")])
    return place


def test_bash_completes(scripts: dict[str, Path], store: Path, tmp_path: Path) -> None:
    assert store.exists()
    (tmp_path / "hosts.yaml").write_text(YAML)

    def complete(line: str) -> set[str]:
        command = ["bash", "--norc", "-c", _TRY, "bash", str(scripts["bash"]), *line.split(" ")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        return set(done.stdout.split())

    assert complete("rempart au") == {"audit"}
    assert complete("rempart checks s") == {"show"}
    assert complete("rempart audit --wa") == {"--waivers", "--walk", "--walk-entries", "--walk-seconds"}
    assert complete("rempart audit --checks FWL-0") >= {"FWL-01", "FWL-02"}
    assert complete("rempart checks show fire") == {"firewall"}
    assert complete("rempart plan --profile call") == {"call-centre-server", "call-centre-workstation"}
    assert complete("rempart completion ") == {*completion.SHELLS}
    assert complete("rempart history w") == complete("rempart incident open w") == {"web-1"}
    assert complete("rempart fleet -l d") == {"db-1"}
    assert complete("rempart audit -i hosts.yaml -l ") == {"all", "servers", "laptops", "web-1", "db-1"}


@pytest.mark.parametrize(
    ("shell", "look"), [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"]), ("tcsh", ["-f", "-n"])]
)
def test_each_shell_reads_its_script_which_knows_every_command(
    scripts: dict[str, Path], shell: str, look: list[str]
) -> None:
    text = scripts[shell].read_text()
    assert all(name in text for name in registry.COMMANDS)
    assert "--checks" in text or "-l checks" in text or "c/--checks" in text
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    done = subprocess.run([shell, *look, str(scripts[shell])], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_names_of_an_inventory_are_looked_at_and_nothing_is_run(tmp_path: Path) -> None:
    folder = tmp_path / "inventory"
    (folder / "group_vars").mkdir(parents=True)
    (folder / "hosts").write_text(INI)
    (folder / "more.yaml").write_text(YAML)
    (folder / "waivers.yaml").write_text("waivers:\n  - check: FWL-01\n    target: build\n")
    (folder / "one.json").write_text('{"lab": {"hosts": {"pbx-1": {}}, "children": {"inner": {"hosts": {"x": {}}}}}}')
    (folder / "vault").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    program = folder / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/run\n")
    program.chmod(0o755)
    os.mkfifo(folder / "pipe")
    names = {"web-1", "servers", "databases", "all", "db-1", "laptops", "lab", "pbx-1", "inner", "x"}
    assert set(list_names(["audit", "-i", str(folder)])) == names
    assert not (tmp_path / "run").exists()
    assert list_names(["audit", f"--inventory={folder}/hosts", "-l"]) == ["databases", "servers", "web-1"]
    assert list_names(["audit", "-i", "a,b.example.org,"]) == ["a", "b.example.org"]
    for nothing in ("nowhere", str(folder / "pipe"), str(program)):
        assert list_names(["audit", "-i", nothing]) == []
    (folder / "one.json").write_text("[" * 100_000)
    assert list_names(["audit", "-i", str(folder / "one.json")]) == []


def test_without_an_inventory_the_store_is_asked_and_incidents_have_ids(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", "hosts", "audit", "--store", "-l"]) == 0
    assert capsys.readouterr().out.split() == ["db-1", "web-1"]
    assert main(["incident", "open", "web-1", "--by", "Anna"]) == 0
    capsys.readouterr()
    assert main(["completion", "hosts", "incident", "show"]) == 0
    assert {"db-1", "web-1"} < set(capsys.readouterr().out.split())
    store.write_bytes(b"no store")
    assert main(["completion", "hosts"]) == 0
    assert capsys.readouterr().out.strip() == ""


def test_one_shell_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash", "zsh"]) == 2
    assert "one shell at a time" in capsys.readouterr().err


def test_only_who_asks_for_it_pays_for_it() -> None:
    slow = (b"shtab", b"rfc8785", b"sqlalchemy", b"argparse_manpage")
    for words in (["--version"], ["completion", "hosts"], ["completion", "--help"]):
        command = [sys.executable, "-X", "importtime", str(BIN / "rempart"), *words]
        done = subprocess.run(command, capture_output=True, check=True)
        assert b"rempart_agent.cli.base" in done.stderr
        assert not [name for name in slow if name in done.stderr], words
