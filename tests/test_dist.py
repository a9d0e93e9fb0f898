"""What ``make dist`` builds: wheel and source archive, each installed into an empty environment, audit.

Needs the package index that pip is configured for. In CI (``REMPART_CI``) one that does not answer is a failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_KEPT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "out", "dist", "*.egg-info"
)
_SILENT = ("NewConnectionError", "Connection to", "No matching distribution", "Could not find a version", "ReadTimeout")
pytestmark = [pytest.mark.early, pytest.mark.skipif(sys.platform != "linux", reason="audits by the embedded engine")]


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of an environment of its own: nothing of this one's is seen."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(words, cwd=cwd, env=own, capture_output=True, text=True, check=False, timeout=1800)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what ``make dist`` builds, from a copy that nobody works in."""
    folder = tmp_path_factory.mktemp("dist")
    shutil.copytree(ROOT, folder / "tree", ignore=_KEPT_OUT)
    words = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), ".")
    done = run(*words, cwd=folder / "tree")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder / "dist"


@pytest.mark.parametrize("ending", ["whl", "tar.gz"])
def test_what_is_built_installs_into_an_empty_environment_and_audits(built: Path, tmp_path: Path, ending: str) -> None:
    (archive,) = built.glob(f"*.{ending}")
    environment = tmp_path / "environment"
    assert run(sys.executable, "-m", "venv", str(environment), cwd=tmp_path).returncode == 0
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(archive))
    done = run(str(environment / "bin/python"), *install, cwd=tmp_path)
    if done.returncode and any(word in done.stderr for word in _SILENT) and not os.environ.get("REMPART_CI"):
        pytest.skip("the package index does not answer")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    page = tmp_path / "root"
    (page / "etc").mkdir(parents=True)
    (page / "etc/os-release").write_text('ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    rempart = str(environment / "bin/rempart")
    audit = (rempart, "audit", "--root", str(page), "--role", "server", "--checks", "ACC-*", "--json", "run.json")
    done = run(*audit, cwd=tmp_path)
    assert done.returncode in {0, 1, 3}, done.stdout + done.stderr
    results = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["results"]
    assert results
    assert all(one["check"].startswith("ACC-") for one in results)
