"""Mutants of the rules of safety: is there a test that fails where a rule is changed? ``make mutants``.

Each module is changed by cosmic-ray in one place at a time, in a copy of the tree, and its own tests run. What no test
notices survives, and is listed; those that may stay are in ``docs/limits.md``, each with the reason. Usage:
``bench/mutants.py [MODULE …]``; exit status 1 where a mutant survives that is not listed there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REMEDIATION = "tests/controller/remediation"
MODULES = {
    "core/rempart_core/verdict.py": "tests/core/test_verdict.py",
    "core/rempart_core/gate.py": "tests/core/test_gate.py",
    "core/rempart_core/waiver.py": "tests/core/test_waiver.py",
    "controller/rempart_controller/remediation/wave.py": f"{REMEDIATION}/test_wave.py",
    "controller/rempart_controller/remediation/window.py": f"{REMEDIATION}/test_wave.py",
    "controller/rempart_controller/remediation/outcome.py": f"{REMEDIATION}/test_outcome.py",
    "controller/rempart_controller/remediation/command.py": f"{REMEDIATION}/test_stopping.py",
    "controller/rempart_controller/trust/bundle.py": "tests/controller/trust",
    "controller/rempart_controller/agents/inspection.py": "tests/controller/agents/test_inspection.py",
    "controller/rempart_controller/inventory.py": "tests/controller/test_inventory.py -k 'write or belongs'",
}
"""Module to its own tests."""

FUNCTIONS = {  # of a module that does more, what is a rule of safety
    "controller/rempart_controller/remediation/command.py": ("_apply_waves", "_expect_fresh", "_expect_same"),
    "controller/rempart_controller/inventory.py": ("_expect_private", "_parts", "_is_shared_with_nobody"),
}
# Operators that change nothing that a test could see: decorators, and a type's name in an annotation.
LEFT_OUT = ("core/RemoveDecorator", "core/ReplaceBinaryOperator_BitOr")
CONFIG = """\
[cosmic-ray]
module-path = "{module}"
timeout = 120.0
excluded-modules = []
test-command = "{python} -m pytest -q -x -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"
"""


def main() -> int:
    """Run the modules that are named, or all."""
    wanted = [module for module in MODULES if not sys.argv[1:] or any(word in module for word in sys.argv[1:])]
    with tempfile.TemporaryDirectory(prefix="rempart-mutants-") as name:
        copy = Path(name)
        for folder in ("core", "agent", "reports", "controller", "checks", "playbooks", "tests", "inventory", "docs"):
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        left = sum(try_module(copy, module) for module in wanted)
    return 1 if left else 0


def try_module(copy: Path, module: str) -> int:
    """Try one module; returns how many of its mutants survive that may not."""
    config, session = copy / "mutants.toml", copy / "mutants.sqlite"
    config.write_text(CONFIG.format(module=module, python=sys.executable, tests=MODULES[module]))
    session.unlink(missing_ok=True)
    paths = ":".join(str(copy / part) for part in ("core", "agent", "reports", "controller"))
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "CI": "true"}
    tool = str(Path(sys.executable).parent / "cosmic-ray")

    def run(*command: str) -> str:
        return subprocess.run(
            [tool, *command], cwd=copy, env=environment, check=True, capture_output=True, text=True
        ).stdout

    run("init", str(config), str(session))
    keep_functions(session, copy / module, FUNCTIONS.get(module, ()))
    run("exec", str(config), str(session))
    killed, survivors = 0, []
    for line in run("dump", str(session)).splitlines():
        job, result = json.loads(line)
        if result is None or result.get("test_outcome") not in {"survived", "killed"}:
            continue
        if result["test_outcome"] == "killed":
            killed += 1
            continue
        mutation = job["mutations"][0]
        survivors.append(
            (mutation["start_pos"][0], mutation["operator_name"].partition("/")[2], result.get("diff", ""))
        )
    known = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    total = killed + len(survivors)
    print(f"{module}: {killed} of {total} mutants killed ({100 * killed / max(1, total):.0f} %)")
    new = 0
    for line, operator, diff in sorted(survivors):
        changed = [
            text[1:].strip() for text in diff.splitlines() if text.startswith("+") and not text.startswith("+++")
        ]
        told = f"`{changed[0]}`" if changed else operator
        listed = told in known
        new += not listed
        print(f"  {'known   ' if listed else 'SURVIVES'} line {line}: {told}")
    sys.stdout.flush()
    return new


def keep_functions(session: Path, module: Path, names: tuple[str, ...]) -> None:
    """Leave out operators that show nothing, and, where functions are named, what lies outside of them."""
    import ast
    import sqlite3

    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]
    with sqlite3.connect(session) as database:
        for job, operator, line in database.execute(
            "SELECT job_id, operator_name, start_pos_row FROM mutation_specs"
        ).fetchall():
            inside = not names or any(first <= line <= last for first, last in spans)
            if not inside or operator.startswith(LEFT_OUT):
                for table in ("mutation_specs", "work_items"):
                    database.execute(f"DELETE FROM {table} WHERE job_id = ?", (job,))  # noqa: S608 - our own names


if __name__ == "__main__":
    sys.exit(main())
