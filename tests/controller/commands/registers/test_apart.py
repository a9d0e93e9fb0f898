"""An audit of a machine pays nothing for registers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from rempart_controller.commands.main import main
main(["audit", "--root", sys.argv[1], "--checks", "RMT-01", "--quiet"])
print([name for name in sys.modules if name.startswith("rempart_core.registers") or ".commands.registers" in name])
"""


def test_an_audit_of_a_machine_imports_nothing_of_registers(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('ID=debian\nVERSION_ID="13"\n', encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
