"""What ``make dist`` builds: wheel and source archive, each installed into an empty environment, audit.

Needs the package index that pip is configured for. In CI (``REMPART_CI``) one that does not answer is a failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
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


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment into which the wheel was installed with all that it needs."""
    (wheel,) = built.glob("*.whl")
    return install(tmp_path_factory.mktemp("wheel") / "environment", str(wheel))


def install(environment: Path, *what: str) -> Path:
    """Make an empty environment, install into it, and return it; what is imported there is compiled then, not all."""
    made = run(sys.executable, "-m", "venv", "--without-pip", str(environment), cwd=environment.parent)
    assert made.returncode == 0, made.stderr
    pip = (sys.executable, "-m", "pip", "--python", str(environment / "bin/python"), "--disable-pip-version-check")
    done = run(*pip, "install", "--quiet", "--no-compile", *what, cwd=environment.parent)
    if done.returncode and any(word in done.stderr for word in _SILENT) and not os.environ.get("REMPART_CI"):
        pytest.skip("the package index does not answer")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return environment


def packages_of(environment: Path) -> Path:
    """Return the folder of an environment's packages."""
    (folder,) = environment.glob("lib/python*/site-packages")
    return folder


def needs_of(environment: Path) -> list[str]:
    """Return what the installed package says that it needs."""
    (about,) = packages_of(environment).glob("rempart-*.dist-info/METADATA")
    return sorted(line for line in about.read_text(encoding="utf-8").splitlines() if line.startswith("Requires-"))


def test_the_wheel_holds_every_file_of_the_packages(built: Path) -> None:
    """Templates and assets of the server's pages too, and what is vendored with its licence."""
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packages = [
        ROOT / name / f"rempart_{name}" for name in ("core", "agent", "reports", "store", "controller", "server")
    ]
    files = {str(path.relative_to(one.parent)) for one in packages for path in one.rglob("*") if path.is_file()}
    missing = {name for name in files if "__pycache__" not in name} - names
    assert missing == set()


def test_the_wheel_installs_into_an_empty_environment_and_audits(installed: Path, tmp_path: Path) -> None:
    expect_audit(installed, tmp_path)


def test_the_source_archive_builds_the_same_package_which_audits(built: Path, installed: Path, tmp_path: Path) -> None:
    """It needs what the wheel needs, which is there already: its own package stands before all of that."""
    (archive,) = built.glob("*.tar.gz")
    environment = install(tmp_path / "environment", "--no-deps", str(archive))
    assert needs_of(environment) == needs_of(installed) != []
    own, borrowed = packages_of(environment), packages_of(installed)
    (own / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    names = {path.name for path in borrowed.glob("rempart_*")}
    assert {path.name for path in own.glob("rempart_*")} == names != set()
    code = f"import {', '.join(sorted(names))}; print(*({', '.join(f'{name}.__file__' for name in sorted(names))},))"
    found = run(str(environment / "bin/python"), "-c", code, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert all(Path(path).is_relative_to(own) for path in found.stdout.split())
    expect_audit(environment, tmp_path)


def expect_audit(environment: Path, tmp_path: Path) -> None:
    """Audit a small root file system with what is installed."""
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
