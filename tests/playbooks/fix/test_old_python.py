"""The engine under the oldest Python that endpoints may have, and as the program of the timer."""

from __future__ import annotations

import glob
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from playbooks.fix.root import Root
from rempart_fix import packing

SCRIPT = """
import json, sys
from rempart_fix import change, place
root, base = sys.argv[1:]
here = lambda: place.Place("c-1", root, base)
fix = {"check": "KEY-01", "keys": [{"path": "/etc/app.conf", "key": "key", "value": 9}],
       "files": [{"path": "/etc/app.d/own", "content": "ours", "mode": "0600"}]}
done = change.fix(here(), [fix])
back = change.take_back(here())
print(json.dumps([done["fixes"][0]["acts"], [row["word"] for row in back["rows"]]]))
"""


def find_old() -> str:
    """Return a Python 3.8 that runs, or skip."""
    found = [shutil.which("python3.8") or "", *glob.glob(str(Path.home() / ".pyenv/versions/3.8*/bin/python3.8"))]
    for path in filter(None, found):
        if subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return path
    pytest.skip("there is no Python 3.8 here")


@pytest.mark.parametrize("old", [True, False], ids=["3.8", "this one"])
def test_the_packed_program_fixes_and_undoes(root: Root, tmp_path: Path, old: bool) -> None:
    program = tmp_path / "program.pyz"
    program.write_bytes(packing.make_program())
    root.write("/etc/app.conf", "key = 1\n")
    before = root.stand()
    python = find_old() if old else sys.executable
    script = f"import sys; sys.path.insert(0, {str(program)!r})\n{SCRIPT}"
    words = [python, "-I", "-S", "-c", script, str(root.top), str(root.base)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    acts, back = json.loads(done.stdout)
    assert [act["kind"] for act in acts] == ["folder", "file", "line"]
    assert back == ["back"] * 3
    assert root.stand() == before
    usage = subprocess.run([python, "-I", "-S", str(program)], capture_output=True, text=True, check=False)
    assert (usage.returncode, usage.stderr[:7]) == (2, "program")
