"""The trial of the model of dnf's repositories: dnf itself (4, libdnf) reads the same files and says what it checks."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from rempart_testing.models import Answer, Trial
from rempart_testing.worker import Worker, started

from rempart_agent.source.contract import Malformed, Query
from rempart_agent.tables.linux import rempart_package_source
from rempart_agent.targets.root import RootTarget

PYTHON = "/usr/bin/python3"
_SCRIPT = """
import json, sys
import dnf
for line in sys.stdin:
    root = json.loads(line)
    base = dnf.Base()
    try:
        base.conf.read(root + "/etc/dnf/dnf.conf")
        base.conf.reposdir = [root + "/etc/yum.repos.d"]
        base.conf.cachedir = root + "/cache"
        base.conf.substitutions["releasever"] = "9"
        base.read_all_repos()
        found = {r.id: [bool(r.enabled), bool(r.gpgcheck), bool(r.sslverify)] for r in base.repos.all()}
        print(json.dumps(found), flush=True)
    except Exception as error:
        print(json.dumps({"": str(error)}), flush=True)
"""
_WORDS = ("0", "1", "yes", "no", "True", "FALSE", "on", "off", "")
_KEYS = ("gpgcheck", "sslverify", "enabled", "repo_gpgcheck")


def _section(name: str) -> st.SearchStrategy[str]:
    options = st.dictionaries(st.sampled_from(_KEYS), st.sampled_from([w for w in _WORDS if w]), max_size=3)
    equals = st.sampled_from(("=", " = ", "= "))
    return st.builds(
        lambda o, e, comment: (
            f"[{name}]\nname={name}\nbaseurl=https://x.org/{name}\n{comment}"
            + "".join(f"{key}{e}{value}\n" for key, value in o.items())
        ),
        options,
        equals,
        st.sampled_from(("", "# gpgcheck=0\n", ";gpgcheck=0\n")),
    )


def cases() -> st.SearchStrategy[dict[str, str]]:
    """Return the cases: the main file, and files of repositories."""
    main = st.dictionaries(st.sampled_from(_KEYS[:2]), st.sampled_from([w for w in _WORDS if w]), max_size=2)
    names = st.lists(st.sampled_from(("base", "updates", "extra")), min_size=1, max_size=3, unique=True)
    sections = names.flatmap(lambda chosen: st.tuples(*[_section(n) for n in chosen])).map("\n".join)
    return st.fixed_dictionaries(
        {
            "etc/dnf/dnf.conf": main.map(lambda o: "[main]\n" + "".join(f"{k}={v}\n" for k, v in o.items())),
            "etc/yum.repos.d/a.repo": sections,
            "etc/yum.repos.d/b.repo": st.one_of(st.just(""), _section("other")),
        }
    )


class Oracle:
    """A dnf that reads one tree after the other."""

    def __init__(self, folder: Path, worker: Worker) -> None:
        """Take a folder and the worker."""
        self.folder, self._worker = folder, worker

    def ask(self, root: Path) -> dict[str, Any]:
        """Return what dnf says of each repository."""
        answer = self._worker.ask(str(root))
        assert isinstance(answer, dict)
        return answer


@contextlib.contextmanager
def start() -> Iterator[Oracle]:
    """Start dnf, as Debian packages it."""
    with (
        tempfile.TemporaryDirectory(prefix="rempart-dnf-") as name,
        started([PYTHON, "-c", _SCRIPT], quiet=True) as worker,
    ):
        yield Oracle(Path(name), worker)


def judge(dnf: Oracle, case: dict[str, str]) -> Iterator[Answer]:
    """Ask for each repository whether it counts, and what is checked."""
    root = dnf.folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    for name, text in case.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    real = dnf.ask(root)
    try:
        rows = {str(row["name"]): row for row in rempart_package_source.rows(RootTarget(str(root)), Query())}
    except Malformed:
        return
    if "" in real:
        return
    yield Answer("repositories", sorted(rows), sorted(real))
    for name, (enabled, checked, verified) in real.items():
        row = rows[name]
        yield Answer(f"{name} enabled", row["enabled"], int(enabled))
        yield Answer(f"{name} trusted", row["trusted"], int(checked))
        yield Answer(f"{name} weak", row["weak"], int(not verified))


def constructs(case: dict[str, str]) -> list[str]:
    """Return what a case uses."""
    main, text = case["etc/dnf/dnf.conf"], case["etc/yum.repos.d/a.repo"]
    found = [f"main {key}" for key in _KEYS if key in main] + [key for key in _KEYS if f"\n{key}" in text]
    return found + [mark for mark in ("#", ";", " = ") if mark in text]


TRIAL = Trial(name="dnf", cases=cases(), start=start, judge=judge, constructs=constructs, programs=("dnf",), full=200)
