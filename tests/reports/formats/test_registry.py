"""The registry of formats, and the document that says how to add one."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from rempart_core.model.result import Run
from rempart_reports.formats.registry import FORMATS, load
from rempart_reports.views.options import Options

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "add-a-report-format.md"
OTHERS_PAY = ("jinja2", "junit_xml", "markupsafe", "json", "xml", "datetime", "dataclasses", "html")


def test_the_example_of_the_document_is_a_format(sample_run: Run, hostile_run: Run) -> None:
    code = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[0]
    module: dict[str, Any] = {}
    exec(compile(code, str(DOCUMENT), "exec"), module)  # noqa: S102 - our own document
    out = io.StringIO()
    module["Report"].write(iter([sample_run, hostile_run]), out, Options(language="fr"))
    lines = out.getvalue().splitlines()
    assert lines[0] == (
        "poste-042.lyon.example\tcritique\tDSK-01\tTous les volumes contenant des données sont chiffrés"
    )
    assert all(line.count("\t") == 3 for line in lines)


def test_every_format_writes_every_run(sample_run: Run, silent_run: Run) -> None:
    for name in FORMATS:
        out = io.StringIO()
        load(name).write(iter([sample_run, silent_run]), out, Options())
        for words in ("FWL-01", "poste-042.lyon.example", "poste-099"):
            assert words in out.getvalue(), name


def test_the_terminal_report_imports_nothing_that_only_others_need() -> None:
    program = (
        "import sys; import rempart_core.model.result, rempart_core.model.check; before = set(sys.modules);"
        "import rempart_reports.formats.terminal, rempart_reports.writing.file, rempart_reports.formats.registry;"
        "print(' '.join(set(sys.modules) - before))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "rempart_reports.formats.terminal" in loaded
    assert not {name.split(".")[0] for name in loaded} & set(OTHERS_PAY)
