"""States and evidence of an audit in a form that can be kept: the golden states of ``tests/images/golden.json``."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from rempart_agent.audit import pipeline
from rempart_agent.audit.request import Request
from rempart_agent.engine import Images

GOLDEN = Path(__file__).parents[2] / "images" / "golden.json"
Judged = dict[str, dict[str, Any]]
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?\b")
_TEXTS = ("observed", "expected")


def audit(*images: str, root: str | None = None) -> Judged:
    """Audit images, or a tree, by the image profile, and return all that is said of each check.

    No state may end with the support of a release, or with the age of the lists that are shipped: both are given.
    """
    today = time.strftime("%Y-%m-%d", time.gmtime())
    releases = [["debian", 13, -1, "9999-12-31"], ["debian", 8, -1, "2020-06-30"]]
    request = Request(
        role="image",
        root=root,
        images=Images(images) if images else None,
        values={"PAT-06": {"os_support": releases}, "AGT-02": {"lists": [["os-support", today]]}},
    )
    run = pipeline.audit(request, lambda _: None)
    return {
        one.check: {
            "state": one.state.value,
            "failure": one.failure,
            "reason": one.reason.en,
            "rows": [dict(row) for row in one.evidence.rows] if one.evidence else [],
        }
        for one in sorted(run.results, key=lambda one: one.check)
    }


def keep(judged: Judged) -> Judged:
    """Return what golden states keep: no texts, which are written anew, and no days, which go by."""
    return {
        check: {
            "state": said["state"],
            "failure": said["failure"],
            "rows": [
                {key: _DAY.sub("DAY", value) for key, value in row.items() if key not in _TEXTS} for row in said["rows"]
            ],
        }
        for check, said in judged.items()
    }


def read() -> dict[str, Judged]:
    """Return the golden states, by tree."""
    found: dict[str, Judged] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found


def write(states: dict[str, Judged]) -> None:
    """Write the golden states, a row of evidence a line."""
    lines = []
    for tree, checks in states.items():
        inner = []
        for check, said in checks.items():
            rows = ",\n".join(f"   {json.dumps(row, ensure_ascii=False)}" for row in said["rows"])
            head = f'"state": {json.dumps(said["state"])}, "failure": {json.dumps(said["failure"])}, "rows": ['
            inner.append(f'  "{check}": {{{head}' + (f"\n{rows}\n  ]}}" if rows else "]}"))
        lines.append(f' "{tree}": {{\n' + ",\n".join(inner) + "\n }")
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
