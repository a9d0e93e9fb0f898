"""This machine as the host that is fixed, in a folder: own checks and fixes, our playbooks, the real commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[3]
_REMPART = Path(sys.executable).parent / "rempart"
CHECKS = ("ZZZ-01", "ZZZ-02", "ZZZ-03")


class FixingHere:
    """A host, ``here``, and its controller.

    Each check wants a file of its own and a line of its own in ``main``, which all of them share, but the last.

    Attributes:
        etc: Where the fixes write: ``main``, ``zzz-01`` ….
        tasks: The folder of the fixes' tasks, for a test to poison.
        program: What runs ``rempart``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept = folder.with_name(f"{folder.name}.kept")
        self.program = [str(_REMPART)]
        self.etc = folder / "etc"
        self.etc.mkdir()
        (self.etc / "main").write_bytes(b"# the owner's\r\n")
        self._inventory = folder / "hosts.json"
        python = {"ansible_python_interpreter": sys.executable}
        host = {"ansible_connection": "local", "rempart_role": "server", **python}
        self._inventory.write_text(json.dumps({"all": {"hosts": {"here": host}}}))
        self._inventory.chmod(0o600)
        self._playbooks = folder / "playbooks"
        kept = shutil.ignore_patterns("__pycache__", "roles", "preconditions")
        shutil.copytree(HERE / "playbooks", self._playbooks, ignore=kept)
        for name in ("roles/change", "preconditions"):
            shutil.copytree(HERE / "playbooks" / name, self._playbooks / name)
        place = self._playbooks / "roles/change/module_utils/rempart_fix/place.py"
        place.write_text(place.read_text().replace('"/var/lib/rempart"', repr(str(folder / "saved"))))
        (folder / "home").mkdir()
        self.tasks = self._playbooks / "roles/zzz/tasks/linux"
        self._write_checks()
        self._write_role()

    def _write_checks(self) -> None:
        top = self.folder / "checks/zzz"
        top.mkdir(parents=True)
        for check in CHECKS:
            own = self.etc / check.lower()
            words = {"en": "What is wanted is there", "fr": "Ce qui est voulu est là"}
            query = f"SELECT '{check}' AS item, 'files' AS observed, 'there' AS expected, "
            query += f"EXISTS (SELECT 1 FROM file WHERE path = '{own}')"
            if check != CHECKS[-1]:
                query += f" AND EXISTS (SELECT 1 FROM file WHERE path = '{self.etc}/main' AND size > 15)"
            content = {
                "id": check,
                "revision": 1,
                "title": words,
                "rationale": words,
                "severity": "high",
                "roles": ["server"],
                "platforms": {"linux": {"privilege": "user", "query": query + " AS ok"}},
                "remediation": {"role": "zzz", "disruption": "none", "manual": words},
                "controls": {},
            }
            (top / f"{check.lower()}-there.yaml").write_text(json.dumps(content), encoding="utf-8")

        profiles = self.folder / "checks/profiles"
        profiles.mkdir()
        own = {"title": {"en": "Its own checks", "fr": "Ses propres vérifications"}, "areas": ["zzz"]}
        (profiles / "own.yaml").write_text(json.dumps(own), encoding="utf-8")

    def _write_role(self) -> None:
        self.tasks.mkdir(parents=True)
        role = self.tasks.parents[1]
        shutil.copy(HERE / "playbooks/roles/remote_access/tasks/main.yml", role / "tasks/main.yml")
        for check in CHECKS:
            self.write_fix(check)
        (role / "fixes.yml").write_text(json.dumps({check: {"linux": {}} for check in CHECKS}), encoding="utf-8")

    def write_fix(self, check: str, *, alone: bool = False, harms: str = "") -> None:
        """Write a fix anew.

        Args:
            check: Its check.
            alone: Whether it is done in a call of its own.
            harms: A check that it makes worse.
        """
        dress = {"mode": "0600", "owner": str(os.geteuid()), "group": str(os.getegid())}
        specs: dict[str, Any] = {"files": [{"path": str(self.etc / check.lower()), "content": f"{check}\n", **dress}]}
        specs["files"] += [{"path": str(self.etc / harms.lower()), "absent": True}] if harms else []
        if check != CHECKS[-1]:
            specs["lines"] = [{"path": str(self.etc / "main"), "line": "Include"}]
        task: dict[str, Any] = {"name": f"{check} | Write it", "rempart_fix": {"check": check, **specs}}
        tasks = [task | ({"vars": {"rempart_together": False}} if alone else {})]
        (self.tasks / f"{check.lower()}.yml").write_text(json.dumps(tasks), encoding="utf-8")

    def keep(self) -> None:
        """Keep all as it stands now, a plan that was made among it: tests that begin there share what led to it."""
        shutil.copytree(self.folder, self._kept, symlinks=True)

    def restore(self) -> FixingHere:
        """Bring all back as it was kept; returns itself."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder, symlinks=True)
        return self

    def await_file(self, name: str, process: subprocess.Popen[str]) -> None:
        """Wait until a file is there, which a fix makes while a process runs."""
        until = time.monotonic() + 240
        while not (self.folder / name).exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.05)

    def await_child(self, word: str, process: subprocess.Popen[str]) -> None:
        """Wait until a process that ``rempart`` began has a word in its command line."""
        until = time.monotonic() + 240
        while not any(word in line for line in _command_lines(process.pid)):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.005)

    def poison(self, check: str, *argv: str) -> None:
        """Add a task to a fix, which runs a program once the fix is done."""
        path = self.tasks / f"{check.lower()}.yml"
        tasks = json.loads(path.read_text(encoding="utf-8"))
        tasks[0]["vars"] = {"rempart_together": False}
        tasks.append({"name": f"{check} | Poison", "ansible.builtin.command": {"argv": argv}, "changed_when": True})
        path.write_text(json.dumps(tasks), encoding="utf-8")

    def stand(self) -> dict[str, bytes]:
        """Return what stands where the fixes write."""
        return {path.name: path.read_bytes() for path in sorted(self.etc.iterdir())}

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start ``rempart``."""
        home = self.folder / "home"
        own = {"HOME": str(home), "NO_COLOR": "1"} | {
            f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "DATA", "CONFIG")
        }
        return subprocess.Popen(
            [*self.program, *words],
            env=os.environ | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``rempart`` to its end."""
        process = self.begin(*words)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def run_ansible(self, playbook: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        """Run one of the playbooks by Ansible alone."""
        words = [sys.executable, "-m", "ansible", "playbook", "-i", str(self._inventory), "-e", json.dumps(variables)]
        home = os.environ | {"HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8"}
        words.append(str(self._playbooks / playbook))
        return subprocess.run(words, env=home, capture_output=True, text=True, check=False, timeout=600)

    def plan(self, *checks: str) -> subprocess.CompletedProcess[str]:
        """Make a plan, ``plan.json``, by its own checks alone: what else happens on this machine is no matter."""
        words = ("plan", "-i", str(self._inventory), *self.own, "--profile", "own", "--checks", ",".join(checks))
        return self.run(*words, "--checks-dir", str(self.folder / "checks"), "--out", "plan.json")

    @property
    def inventory(self) -> str:
        """Return the path of the inventory."""
        return str(self._inventory)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Return the words that name inventory, playbooks and checks, for a controller that has no record."""
        return "-i", self.inventory, "--checks-dir", str(self.folder / "checks"), *self.own

    @property
    def own(self) -> tuple[str, str]:
        """Return the words that name the playbooks."""
        return "--playbooks", str(self._playbooks)

    def last_change(self) -> str:
        """Return the id of the change that was made last."""
        return max(path.stem for path in (self.folder / "home/data/rempart/changes").glob("*.json"))


def _command_lines(process: int) -> list[str]:
    """Return the command lines of all that a process has begun, and what these have begun."""
    found = []
    children = []
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            children += [int(one) for one in Path(f"/proc/{process}/task/{thread}/children").read_text().split()]
        found += [Path(f"/proc/{one}/cmdline").read_text("utf-8", "replace") for one in children]
    except OSError:  # one of them has ended
        pass
    return found + [line for one in children for line in _command_lines(one)]
