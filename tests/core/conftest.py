"""Content for the tests of core: the worked examples, and checks made in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rempart_core.content.yamlfile import Document, parse
from rempart_core.error import Mistake
from rempart_core.model.check import Block, Check, Remediation, Severity
from rempart_core.model.parameter import Parameter
from rempart_core.model.result import Evidence, Result, State
from rempart_core.text import Text

EXAMPLE = Path(__file__).parent / "example"


@pytest.fixture
def example() -> Path:
    """Return the folder of worked examples: one file of each kind."""
    return EXAMPLE


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write files below a new directory and return it."""

    def write(files: dict[str, str | bytes]) -> Path:
        root = tmp_path / "content"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


def _place(mistake: Mistake) -> tuple[str, int, int, str]:
    return mistake.file, mistake.line, mistake.column, str(mistake.message)


@pytest.fixture
def places() -> Callable[[list[Mistake]], list[str]]:
    """Return mistakes as ``line:column: message``, without the file."""

    def show(mistakes: list[Mistake]) -> list[str]:
        return [f"{mistake.line}:{mistake.column}: {mistake.message}" for mistake in sorted(mistakes, key=_place)]

    return show


@pytest.fixture
def document() -> Callable[[str | bytes], Document]:
    """Parse a text as a file named ``x.yaml``."""
    return lambda text: parse(text if isinstance(text, bytes) else text.encode(), "x.yaml")


@pytest.fixture
def check_of() -> Callable[..., Check]:
    """Make a check in memory."""

    def make(id_: str, **fields: Any) -> Check:
        plain = Check(
            id=id_,
            revision=1,
            title=Text(f"title of {id_}", f"titre de {id_}"),
            rationale=Text("why", "pourquoi"),
            severity=Severity.MEDIUM,
            roles=("workstation", "server"),
            platforms={"linux": Block("SELECT 1 AS ok")},
            remediation=Remediation("", "manual", Text("fix it", "réparer")),
            controls={},
            parameters={},
            area="area",
            path=f"checks/area/{id_.lower()}-x.yaml",
            digest="0" * 64,
        )
        return plain._replace(**fields)

    return make


@pytest.fixture
def parameter_of() -> Callable[..., Parameter]:
    """Declare a parameter named ``x``."""

    def make(type_: str, default: Any = None, **fields: Any) -> Parameter:
        return Parameter("x", type_, default, Text("x", "x"), **fields)

    return make


@pytest.fixture
def result_of() -> Callable[..., Result]:
    """Make a result: ``items`` are its failing rows, ``passing`` its passing ones."""

    def make(
        id_: str, state: State, items: tuple[str, ...] = (), passing: tuple[str, ...] = (), **fields: Any
    ) -> Result:
        rows = [{"item": item, "observed": "bad", "expected": "good", "ok": "0"} for item in items]
        rows += [{"item": item, "observed": "good", "expected": "good", "ok": "1"} for item in passing]
        plain = Result(
            check=id_,
            revision=1,
            title=Text(f"title of {id_}", f"titre de {id_}"),
            area="area",
            severity=Severity.HIGH,
            state=state,
            reason=Text("", ""),
            rationale=Text("why", "pourquoi"),
            remediation=Remediation("", "manual", Text("fix it", "réparer")),
            controls={},
            evidence=Evidence(rows, len(items), 0, len(passing)) if rows else None,
        )
        return plain._replace(**fields)

    return make
