"""Mutants of the rules of safety: is there a test that fails where a rule is changed? ``make mutants``.

Each module is changed in one place at a time (``mutation.py``), in a copy of the tree, and its own tests run. What no
test notices survives, and is listed; those that may stay are in ``docs/limits.md``, each with the reason. Usage:
``bench/mutants.py [MODULE …]``; exit status 1 where a mutant survives that is not listed there. ``RULES=1`` in the
environment takes conditions out and changes nothing else, which a tenth of the time is enough for.
"""

import compileall
import importlib
import os
import py_compile
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mutation import Mutant, make_mutants

ROOT = Path(__file__).resolve().parents[1]

REMEDIATION = "tests/controller/remediation"
TRUST = "tests/core/signing"
FIX = "playbooks/roles/change/module_utils/rempart_fix"
OF_FIX = "tests/playbooks/fix"
RIGHTS = f"{OF_FIX}/test_rights.py; {OF_FIX}/test_rights_swapped.py {OF_FIX}/test_walk.py"
HOLDING = f"{REMEDIATION}/execution/test_held_hosts.py tests/controller/commands/test_apply.py"
MODULES = {
    "core/rempart_core/model/verdict.py": "tests/core/model/test_verdict.py",
    "core/rempart_core/model/gate.py": "tests/core/model/test_gate.py",
    "core/rempart_core/model/waiver.py": "tests/core/model/test_waiver.py",
    "controller/rempart_controller/remediation/records/wave.py": f"{REMEDIATION}/records/test_wave.py",
    "controller/rempart_controller/remediation/records/window.py": f"{REMEDIATION}/records/test_wave.py",
    "controller/rempart_controller/remediation/records/outcome.py": f"{REMEDIATION}/records/test_outcome.py",
    "controller/rempart_controller/commands/apply.py": HOLDING,
    "controller/rempart_controller/remediation/execution/held_hosts.py": HOLDING,
    "controller/rempart_controller/remediation/records/attribution.py": f"{REMEDIATION}/records/test_attribution.py",
    "controller/rempart_controller/remediation/records/signed_file.py": f"{REMEDIATION}/records/test_signed_file.py",
    "core/rempart_core/signing/bundle.py": f"{TRUST} -k 'not any_'; {TRUST} -k any_",
    "core/rempart_core/signing/chain.py": f"{TRUST}/test_chain.py; {TRUST} -k 'not any_'",
    "core/rempart_core/signing/dsse.py": f"{TRUST}/test_dsse.py; {TRUST}/test_chain.py",
    "core/rempart_core/signing/forgetting.py": f"{TRUST}/test_chain.py; {TRUST} -k 'not any_'",
    "controller/rempart_controller/agents/inspection.py": "tests/controller/agents/test_inspection.py",
    "controller/rempart_controller/agents/known.py": "tests/controller/agents/test_known.py -k 'not many_at_once'",
    "controller/rempart_controller/agents/numbers.py": "tests/controller/agents/test_numbers.py",
    "core/rempart_core/signing/key.py": f"{TRUST}/test_key.py",
    "controller/rempart_controller/inventory/read_inventory.py": "tests/controller/test_inventory_trust.py",
    "core/rempart_core/model/coverage.py": "tests/core/model/test_coverage.py",
    "reports/rempart_reports/views/fleet.py": "tests/reports/views/test_fleet.py",
    "reports/rempart_reports/views/host.py": "tests/reports/views/test_fleet.py",
    "agent/rempart_agent/quality/lint_answers.py": "tests/agent/quality/test_lint_answers.py",
    "agent/rempart_agent/audit/examine.py": "tests/agent/audit/test_walk_bounds.py; tests/agent/audit/test_examine.py",
    "agent/rempart_agent/audit/host_checks.py": "tests/agent/audit/test_walk_bounds.py",
    "agent/rempart_agent/readers/files/child.py": "tests/agent/readers/files/test_child.py",
    f"{FIX}/acts/mount.py": "tests/playbooks/acts/test_mount.py",
    f"{FIX}/mount_use.py": "tests/playbooks/acts/test_mount.py",
    f"{FIX}/mount_points.py": "tests/playbooks/acts/test_mount.py",
    f"{FIX}/resolve/fstab.py": f"{OF_FIX}/test_fstab.py; tests/playbooks/acts/test_mount.py",
    f"{FIX}/acts/radio.py": "tests/playbooks/acts/test_radio.py",
    f"{FIX}/acts/audit_rules.py": f"{OF_FIX}/test_audit_rules.py",
    f"{FIX}/resolve/audit_rules.py": f"{OF_FIX}/test_audit_rules.py",
    f"{FIX}/acts/rights.py": RIGHTS,
    f"{FIX}/resolve/rights.py": RIGHTS,
    f"{FIX}/resolve/homes.py": RIGHTS,
    f"{FIX}/walk.py": f"{OF_FIX}/test_walk.py; {RIGHTS}",
    f"{FIX}/mounts.py": f"{OF_FIX}/test_walk.py",
    f"{FIX}/acts/umask.py": f"{OF_FIX}/test_umask.py",
    f"{FIX}/resolve/umask.py": f"{OF_FIX}/test_umask.py",
    f"{FIX}/validation.py": f"{OF_FIX}/test_validation.py",
}
"""Module to its own tests: words for pytest; behind a semicolon those that run where the ones before are green."""

FUNCTIONS = {  # of a module that does more, what is a rule of safety
    "controller/rempart_controller/commands/apply.py": ("_expect_some", "_Waves"),
    "reports/rempart_reports/views/fleet.py": ("judge",),
    "reports/rempart_reports/views/host.py": ("judge",),
    "agent/rempart_agent/audit/examine.py": ("_verdict",),
    "agent/rempart_agent/audit/host_checks.py": ("_walks",),
    "controller/rempart_controller/inventory/read_inventory.py": (
        "_expect_private",
        "_parts",
        "_is_shared_with_nobody",
    ),
}
PARTS = ("core", "agent", "reports", "controller")
COPIED = (*PARTS, "checks", "playbooks", "tests", "inventory", "docs")
AT_ONCE = min(2, os.cpu_count() or 1)
# What tests import that is not ours: loaded once, before each mutant's process is forked.
LOADED = ("pytest", "hypothesis.strategies", "yaml", "cryptography.hazmat.primitives.asymmetric.ed25519", "sqlite3")


class Place(NamedTuple):
    """A copy of the tree, where one mutant at a time is tried."""

    tree: Path
    module: str
    tests: str

    def start(self, source: str) -> int:
        """Write the module as it is to be, and begin its tests; returns the process."""
        (self.tree / self.module).write_text(source, encoding="utf-8")
        process = os.fork()
        if process:
            return process
        status = 70
        try:
            os.setpgid(0, 0)
            os.chdir(self.tree)
            quiet = os.open(self.tree / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            paths = [str(self.tree / part) for part in PARTS]
            sys.path[:0] = paths
            os.environ |= {"PYTHONPATH": ":".join(paths), "CI": "true"}
            import shlex

            import pytest

            beside = ["-q", "-x", "-p", "no:cacheprovider", f"--basetemp={self.tree / 'base'}"]
            beside += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # hypothesis is loaded already
            for words in self.tests.split(";"):  # what takes long comes last
                if status := int(pytest.main([*beside, *shlex.split(words)])):
                    break
        except BaseException:  # noqa: BLE001 - nothing of this process may go on as the one that forked it
            traceback.print_exc()
        os._exit(status)


def main() -> int:
    """Run the modules that are named, or all."""
    wanted = dict.fromkeys(module for word in sys.argv[1:] or [""] for module in MODULES if word in module)
    for name in LOADED:
        importlib.import_module(name)
    assert not any(name.startswith("rempart") for name in sys.modules), "ours are loaded by each mutant's process"
    known = [" ".join(one.split()) for one in (ROOT / "docs/limits.md").read_text(encoding="utf-8").split("\n- ")]
    left = 0
    with tempfile.TemporaryDirectory(prefix="rempart-mutants-") as name:
        trees = [Path(name) / str(number) for number in range(AT_ONCE)]
        for tree in trees:
            copy(tree)
        for module in wanted:
            survivors, total = try_module(trees, module)
            done = total - len(survivors)
            print(f"{module}: {done} of {total} mutants killed ({100 * done / max(1, total):.0f} %)")
            for one in survivors:
                listed = any(e.startswith(f"`{Path(module).name}`") and f"`{one.changed}`" in e for e in known)
                left += not listed
                print(f"  {'known   ' if listed else 'SURVIVES'} line {one.line}, {one.operator}: `{one.changed}`")
            sys.stdout.flush()
    return 1 if left else 0


def copy(tree: Path) -> None:
    """Copy the tree, compiled; what is compiled goes by content, since mutants come faster than times change."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    for part in (*PARTS, FIX):
        compileall.compile_dir(tree / part, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)


def try_module(trees: Sequence[Path], module: str) -> tuple[list[Mutant], int]:
    """Try one module; returns the mutants that survive, and how many there were."""
    source = (ROOT / module).read_text(encoding="utf-8")
    mutants = make_mutants(source, FUNCTIONS.get(module, ()), rules_only=bool(os.environ.get("RULES")))
    places = [Place(tree, module, MODULES[module]) for tree in trees]
    began = time.monotonic()
    if os.waitpid(places[0].start(source), 0)[1]:
        sys.exit(f"{module}: its tests fail as it is:\n{(trees[0] / 'output').read_text(errors='replace')[-3000:]}")
    deadline = max(30.0, 10 * (time.monotonic() - began))
    survivors = [mutant for mutant, survives in _try_all(places, mutants, deadline) if survives]
    for place in places:
        (place.tree / module).write_text(source, encoding="utf-8")
    return sorted(survivors, key=lambda one: one.line), len(mutants)


def _try_all(places: Sequence[Place], mutants: Sequence[Mutant], deadline: float) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, and whether its tests were green; what does not end is killed, and counts as that."""
    free, waiting = list(places), list(mutants)
    busy: dict[int, tuple[Place, Mutant, float]] = {}
    while waiting or busy:
        while free and waiting:
            place, mutant = free.pop(), waiting.pop(0)
            busy[place.start(mutant.source)] = (place, mutant, time.monotonic() + deadline)
        time.sleep(0.05)
        for process, (place, mutant, until) in list(busy.items()):
            if time.monotonic() > until:
                os.killpg(process, signal.SIGKILL)
                busy[process] = (place, mutant, float("inf"))
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                del busy[process]
                free.append(place)
                yield mutant, status == 0


if __name__ == "__main__":
    sys.exit(main())
