"""Makes what Rempart of an older state writes, as fixtures: `python make_fixtures.py TREE FOLDER`.

TREE is a checkout of that state (git worktree add --detach TREE COMMIT), FOLDER is where the fixtures go. These two are
kept:

    0.1.0-early: 40dbcd4^ (bundles of form 1, plans of form 1, a store of revision 0003)
    0.1.0-late: 00ff58f (bundles of form 2, plans of form 2, the last before DSSE)

All is made by that state's own code: its commands where there are some for it, else its functions. Modules have moved
since, so each is looked for under both of its names.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

HOST, SILENT, MACHINE = "web", "db", "1" * 64
SSHD = ("PermitRootLogin no\n", "PermitRootLogin yes\n", "PermitRootLogin no\nPasswordAuthentication yes\n")


def find(*names: str) -> Any:
    """Return the first of modules that is there."""
    for name in names[:-1]:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    return importlib.import_module(names[-1])


def make(folder: Path) -> None:
    """Write all fixtures."""
    key = find("rempart_core.signing.key", "rempart_agent.trust.key").load_key(os.environ["REMPART_KEY"])
    main = find("rempart_controller.commands.main", "rempart_controller.cli").main
    with tempfile.TemporaryDirectory() as place:
        store = f"{place}/rempart.db"
        make_store(store, key)
        make_documents(main, folder, Path(place), store)
        make_bundles(main, folder, store)
        shutil.copy(store, folder / "rempart.db")
        make_spool(folder, key)
        make_plan(folder, key)
        make_incident(main, folder)
        with sqlite3.connect(folder / "rempart.db") as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("VACUUM")
        database.close()
    (folder / "key.pub").write_text(key.public + "\n")
    (folder / "made-by.json").write_text(json.dumps({"commit": sys.argv[3]}) + "\n")


def make_store(store: str, key: Any) -> None:
    """Save three nights of a host and of one that is silent, signed."""
    made = importlib.import_module("rempart_testing.run")
    state = find("rempart_core.model.result", "rempart_core.result").State
    opened = find("rempart_store.store", "rempart_controller.store.database").Store.open(store)
    with opened as memory:
        for night in range(3):
            failing = state.FAIL if night == 1 else state.PASS
            results = [
                made.make_result("AAA-01", failing, ["é😀\x00", "ﬀ"] if night == 1 else []),
                made.make_result("AAA-02", state.FAIL, ["again"], seconds=0.1 + night),
            ]
            at = made.BEGINNING + night * 86_400
            runs = [made.make_run(HOST, at, results, machine_id=MACHINE), made.silent(SILENT, at, ["AAA-01"])]
            memory.save(runs, key=key)


def make_documents(main: Any, folder: Path, place: Path, store: str) -> None:
    """Audit a small root filesystem three times, into the same store, signed."""
    root = place / "image"
    (root / "etc/ssh").mkdir(parents=True)
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    (root / "etc/group").write_text("root:x:0:\n")
    for text in SSHD:
        (root / "etc/ssh/sshd_config").write_text(text)
        words = ["audit", "--root", str(root), "--checks", "RMT-0[12]", "--quiet"]
        main([*words, "--json", str(folder / "run.json"), "--store", store, "--sign"])


def make_bundles(main: Any, folder: Path, store: str) -> None:
    """Export all, and a part."""
    main(["export", "--store", store, "--out", str(folder / "all.bundle")])
    main(["export", "--store", store, "--host", HOST, "--since", "2023-11-15", "--out", str(folder / "part.bundle")])


def make_spool(folder: Path, key: Any) -> None:
    """Put two documents of an installed agent into a spool."""
    made = importlib.import_module("rempart_testing.run")
    state = find("rempart_core.model.result", "rempart_core.result").State
    envelope = importlib.import_module("rempart_agent.installed.envelope")
    spool = importlib.import_module("rempart_agent.installed.spool")
    run = made.make_run(HOST, made.BEGINNING, [made.make_result("AAA-01", state.FAIL, ["é"])], machine_id=MACHINE)
    for _ in range(2):
        waits = spool.Spool(str(folder / "agent"))
        waits.put(lambda number, gone: envelope.seal(run, key, number, gone), spool.Bounds())


def make_plan(folder: Path, key: Any) -> None:
    """Write a plan and the record of a change."""
    plans = find("rempart_controller.remediation.records.plan", "rempart_controller.remediation.planfile")
    changes = find("rempart_controller.remediation.records.change", "rempart_controller.remediation.record")
    fix = plans.PlannedFix(
        check="RMT-01",
        role="remote_access",
        title=("root cannot log in over SSH", "root ne se connecte pas par SSH"),
        severity="high",
        disruption="lockout",
        facts="00",
        items=("PermitRootLogin",),
        parameters={"allowed": ["no", "é😀"], "n": 3, "share": 0.5, "none": None},
        steps=(plans.Step("RMT-01 | Refuse", "changed", "", ("+PermitRootLogin no",)),),
    )
    host = plans.PlannedHost(HOST, "servers", "linux", "Debian", fixes=(fix,), unjudged=("PAT-01",))
    common = {"created": "2026-11-27T13:00:00Z", "author": "ann@desk", "inventories": ("/etc/inventory",)}
    plan = plans.FixPlan(id="p-1", content="", hosts=(host,), **common)
    plans.write_plan(str(folder / "plan.json"), plan, key)
    changes.write_record(changes.ChangeRecord(id="c-1", plan="p-1", **common), key)


def make_incident(main: Any, folder: Path) -> None:
    """Open an incident, note something, and collect evidence into it."""
    main(["incident", "open", HOST, "--by", "Anna", "--title", "a strange process"])
    main(["incident", "note", HOST, "é😀 seen", "--by", "Bruno"])
    (incident,) = (folder / "rempart/incidents").iterdir()
    key = find("rempart_core.signing.key", "rempart_agent.trust.key").load_key(os.environ["REMPART_KEY"])
    vault = importlib.import_module("rempart_controller.incident.evidence").Vault(str(incident), 1)
    vault.add("table", "processes", b'{"pid":"1"}\n', "jsonl", rows=1)
    vault.miss("journal", "kernel", "no journal")
    digest = vault.seal(key, incident.name, HOST, {"user": "root", "load": 0.25})
    timeline = importlib.import_module("rempart_controller.incident.timeline")
    detail = {"folder": os.path.basename(vault.folder), "manifest": digest, "items": 1, "parts": 0, "failed": 1}
    timeline.append(str(incident), key, timeline.Author("anna", "Anna"), "collect", "done", detail)


if __name__ == "__main__":
    tree, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    if len(sys.argv) == 3:  # again, with nothing of this tree in the way
        import subprocess

        commit = subprocess.run(
            ["git", "-C", str(tree), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        parts = [tree / part for part in ("core", "agent", "reports", "store", "controller", "tests/support")]
        out.mkdir(parents=True)
        where = {
            "PYTHONPATH": ":".join(map(str, parts)),
            "XDG_DATA_HOME": str(out),
            "REMPART_KEY": str(out / "key.pem"),
        }
        program = [sys.executable, os.path.abspath(__file__), str(tree), str(out), commit]
        sys.exit(subprocess.run(program, env={**os.environ, **where}, check=False).returncode)
    make(out)
