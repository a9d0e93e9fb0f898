"""The tables of docs/benchmarks.md are what the command prints; ``make profiles`` writes them anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.foreign_profiles import FOREIGN, write_peers

from rempart_controller.commands.main import main

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
Capture = pytest.CaptureFixture[str]


def ask(capsys: Capture, *words: str) -> list[str]:
    """Return what the command prints, line by line."""
    assert main(["checks", "coverage", "--profile-of", "ssg", *words, "--lang", "en"]) == 0
    return capsys.readouterr().out.splitlines()


def hold(table: list[str], place: int) -> None:
    """Hold a table against the one at that place of the page, or write it there."""
    text = PAGE.read_text(encoding="utf-8")
    found = list(re.finditer(r"```\n(profile.*?)```", text, re.DOTALL))[place]
    printed = "".join(f"{line}\n" for line in table)
    if os.environ.get("REMPART_UPDATE_GOLDEN"):
        PAGE.write_text(text[: found.start(1)] + printed + text[found.end(1) :], encoding="utf-8")
    else:
        assert found[1] == printed, "run `make profiles`, and read the difference"


def test_the_table_is_what_the_command_prints(tmp_path: Path, capsys: Capture) -> None:
    table = ask(capsys, str(write_peers(tmp_path)))
    assert len(table) == 16
    hold(table, 0)


def test_each_profile_of_ours_answers_of_its_benchmark_what_the_page_says(tmp_path: Path, capsys: Capture) -> None:
    peers = str(write_peers(tmp_path))
    table: list[str] = []
    for name, foreign in FOREIGN.items():
        only = [word for peer in foreign.peers for word in ("--only", peer)]
        head, *lines = ask(capsys, peers, *only, "--profile", name)
        table += lines if table else [head, *lines]
    cells = [re.split(r" {2,}", line) for line in table]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    hold([_align(row, widths) for row in cells], 1)


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("supports-cis-debian-12-l1-server", 90),
        ("supports-cis-debian-12-l1-workstation", 90),
        ("supports-cis-rhel-9-l1-server", 88),
        ("supports-pci-dss-4-rhel-9", 80),
        ("supports-anssi-bp-028-intermediary", 80),
        ("supports-anssi-bp-028-enhanced", 70),
        ("supports-stig-rhel-9", 60),
    ],
)
def test_a_profile_answers_no_less_of_its_benchmark_than_it_did(tmp_path: Path, name: str, percent: int) -> None:
    only = [word for peer in FOREIGN[name].peers for word in ("--only", peer)]
    asked = ["--profile-of", "ssg", str(write_peers(tmp_path)), *only, "--profile", name, "--at-least", str(percent)]
    assert main(["checks", "coverage", *asked]) == 0


def _align(row: list[str], widths: list[int]) -> str:
    pairs = list(zip(row, widths, strict=True))
    return "  ".join([pairs[0][0].ljust(pairs[0][1]), *(cell.rjust(width) for cell, width in pairs[1:])])


STREAM = """<a xmlns:x="http://checklists.nist.gov/xccdf/1.2"><x:Benchmark>
<x:Profile id="xccdf_org.ssgproject.content_profile_standard"><x:title>a</x:title>
<x:select idref="xccdf_org.ssgproject.content_rule_sshd_disable_root_login" selected="true"/>
<x:select idref="xccdf_org.ssgproject.content_rule_ufw_rules_for_open_ports" selected="true"/>
<x:select idref="xccdf_org.ssgproject.content_rule_bios_disable_usb_boot" selected="false"/>
<x:select idref="xccdf_org.ssgproject.content_group_ssh" selected="true"/>
</x:Profile><x:Profile id="xccdf_org.ssgproject.content_profile_empty"/></x:Benchmark></a>"""


def test_the_program_of_the_page_makes_the_file_that_the_command_takes(tmp_path: Path, capsys: Capture) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "stream.xml").write_text(STREAM, encoding="utf-8")
    command = [sys.executable, "-c", code[1], "debian12", str(tmp_path / "stream.xml")]
    peers = tmp_path / "peers.json"
    peers.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [re.split(r" {2,}", line.strip()) for line in ask(capsys, str(peers), "--rules")[1:]] == [
        ["debian12/standard", "2", "1", "0", "0", "1", "50 %"],
        ["in full", "sshd_disable_root_login", "(RMT-01 [PermitRootLogin%])"],
        ["not answered", "ufw_rules_for_open_ports"],
    ]


def test_the_profile_of_the_page_is_one(tmp_path: Path, capsys: Capture) -> None:
    text = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    (tmp_path / "own/profiles").mkdir(parents=True)
    (tmp_path / "own/profiles/our-image.yaml").write_text(text[1], encoding="utf-8")
    assert main(["checks", "list", "--checks-dir", str(tmp_path / "own"), "--profile", "our-image"]) == 0
    listed = capsys.readouterr().out
    assert "BOT-02" in listed
    assert "BOT-01" not in listed
