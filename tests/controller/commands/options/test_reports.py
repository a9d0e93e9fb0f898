"""The options of reports, from a command line to the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REMPART = str(Path(sys.executable).parent / "rempart")


def audit(root: Path, *words: str) -> None:
    done = subprocess.run(
        [REMPART, "audit", "--root", str(root), "--checks", "RMT-01", "--quiet", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in {0, 1, 3}, done.stderr


def make_root(folder: Path) -> Path:
    root = folder / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=13\n")
    return root


def test_the_page_has_the_statements_where_its_appendix_is_asked_for(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    plain, whole = tmp_path / "plain.html", tmp_path / "whole.html"
    audit(root, "--html", str(plain))
    audit(root, "--html", str(whole), "--html-appendix")
    assert "SELECT" not in plain.read_text(encoding="utf-8")
    assert "SELECT" in whole.read_text(encoding="utf-8")


def test_code_scanning_finds_results_at_the_file_that_is_named(tmp_path: Path) -> None:
    out = tmp_path / "out.sarif"
    audit(make_root(tmp_path), "--sarif", str(out), "--sarif-location", "Dockerfile")
    (run,) = json.loads(out.read_text(encoding="utf-8"))["runs"]
    assert run["results"]
    places = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert places == {"Dockerfile"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--root", ""), "--root: the name of the folder is empty"),
        (("--keep", "3"), "--keep deletes old data of a store: --store is missing"),
        (("--sarif-location", "x"), "--sarif is missing"),
        (("--sarif", "/dev/null", "--sarif-location", "../x"), "expected a file of the repository"),
        (("--sarif", "/dev/null", "--sarif-location", "/etc/x"), "expected a file of the repository"),
        (("--sarif", "/dev/null", "--sarif-location", "http://x/y"), "expected a file of the repository"),
    ],
)
def test_what_can_not_be_meant_is_refused_before_anything_is_done(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """An empty variable is no folder; a limit alone would delete from a store that nobody named."""
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "REMPART_LANG": "en"}
    command = [REMPART, "audit", "--checks", "RMT-01", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{", '{"results": 3}', ""])
def test_a_baseline_that_is_no_run_is_a_mistake_of_use(tmp_path: Path, text: str) -> None:
    """Nobody is asked for it: a pipeline tells it from an audit that is incomplete."""
    broken = tmp_path / "monday.json"
    broken.write_text(text, encoding="utf-8")
    command = [REMPART, "audit", "--root", str(make_root(tmp_path)), "--checks", "RMT-01", "--baseline", str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "monday.json" in done.stderr
