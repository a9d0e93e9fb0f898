"""However a user lays a file out: an edit does what it should and leaves the rest, or it is refused."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rempart_core.error import UsageError
from rempart_core.registers.edit import RegisterFile
from rempart_core.registers.yaml_rows import YamlRows

VALUES = st.sampled_from(["x", "'a: b'", '"é # no"', "p-001", "2026-01-12", "two words", "|\n      one\n      two"])
COMMENTS = st.sampled_from(["", "  # why", "\n\n", "\n  # between", "\n# at the edge"])


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Write one row in some form."""
    one, two = draw(VALUES), draw(VALUES.filter(lambda text: "|" not in text))
    comment = draw(COMMENTS)
    evidence = draw(
        st.sampled_from(["f.pdf", "{file: f.pdf}", "\n      file: f.pdf", "{file: f.pdf,\n      sha256: }"])
    )
    if draw(st.booleans()) and "|" not in one and "\n      file" not in evidence:
        gap = draw(st.sampled_from([" ", "\n     "]))
        return f"  - {{a: {one},{gap}b: {two}, evidence: {evidence}}}{comment}\n"
    dash = draw(st.sampled_from(["  - ", "  -\n    ", "  - # first\n    "]))
    parts = draw(st.permutations([f"a: {one}", f"b: {two}", f"evidence: {evidence}"]))
    return dash + "\n    ".join(parts) + comment + "\n"


def _read(text: str) -> list[dict[str, str]] | None:
    source = YamlRows(text)
    found = list(source.rows())
    return None if source.found or any(row.found for row in found) else [dict(row.values) for row in found]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(rows(), min_size=1, max_size=4),
    tail=st.sampled_from(["", "by: p-1\n", "\n# the end\n"]),
    feed=st.sampled_from(["\n", "\r\n"]),
    data=st.data(),
)
def test_rows_in_any_form(parts: list[str], tail: str, feed: str, data: st.DataObject, tmp_path: Path) -> None:
    text = ("# top\nas_of: 2026-11-20 # said\nentries:\n" + "".join(parts) + tail).replace("\n", feed)
    before = _read(text)
    assume(before is not None)
    assert before is not None
    (tmp_path / "watch.yaml").write_bytes(text.encode())
    lines = {line.strip() for line in text.splitlines() if "#" in line}

    def edited() -> RegisterFile:
        return RegisterFile(str(tmp_path), "watch.yaml")

    number = data.draw(st.integers(0, len(before) - 1))
    adding = edited()
    adding.append({"a": "new: one"})
    assert _read(adding.text) == [*before, {"a": "new: one"}]
    assert lines <= {line.strip() for line in adding.text.splitlines()}
    try:
        pinning = edited()
        pinning.pin({number: "0" * 64})
        assert _read(pinning.text) == [
            {**row, "sha256": "0" * 64} if index == number else row for index, row in enumerate(before)
        ]
        assert pinning.text.count("#") == text.count("#")
        dropping = edited()
        dropping.drop({number})
        assert _read(dropping.text) == before[:number] + before[number + 1 :]
    except UsageError:
        assert edited().text == text
