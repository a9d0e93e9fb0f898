"""OSCAL held against compliance-trestle, which reads it in an environment of its own: it pins versions that we do not.

The environment is made once and kept: ``~/.cache/rempart-tests/trestle-5.2.0``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.dossier import ask, fill

from rempart_reports.formats.oscal import Oscal

VERSION = "5.2.0"
PLACE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rempart-tests" / f"trestle-{VERSION}"
READ = """
import json, sys
from pathlib import Path
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.poam import PlanOfActionAndMilestones
results = AssessmentResults.oscal_read(Path(sys.argv[1])).results[0]
plan = PlanOfActionAndMilestones.oscal_read(Path(sys.argv[2]))
states = [one.target.status.state for one in results.findings]
print(json.dumps([len(results.observations), [getattr(one, "value", one) for one in states], len(plan.poam_items)]))
"""


@pytest.fixture(scope="session")
def trestle() -> str:
    """Return the interpreter of an environment with trestle."""
    python, ready = PLACE / "bin" / "python", PLACE / "ready"
    if not ready.exists():
        try:
            PLACE.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True, capture_output=True)
            pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([*pip, f"compliance-trestle=={VERSION}"], check=True, capture_output=True, timeout=900)
        except (OSError, subprocess.SubprocessError) as error:
            if os.environ.get("REMPART_CI"):
                raise
            pytest.skip(f"compliance-trestle {VERSION} could not be installed: {type(error).__name__}")
        ready.touch()
    return str(python)


@pytest.mark.early
def test_trestle_reads_both_documents(tmp_path: Path, trestle: str) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, moment = ask(place)
    oscal = Oscal(dossier, moment, "en")
    results, plan = tmp_path / "assessment-results.json", tmp_path / "poam.json"
    with results.open("w", encoding="utf-8") as out:
        oscal.write_results(out)
    with plan.open("w", encoding="utf-8") as out:
        oscal.write_plan(out)
    done = subprocess.run(
        [trestle, "-W", "ignore", "-c", READ, str(results), str(plan)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    observations, states, items = json.loads(done.stdout.splitlines()[-1])
    assert observations == len(json.loads(results.read_text())["assessment-results"]["results"][0]["observations"])
    assert set(states) == {"not-satisfied"}
    assert items == len(dossier.now.findings) == 2
