"""Canonical JSON is to the byte what 0.1.0 signed: on its own documents, and on random ones."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.signing.canonical import canonicalise
from upgrade import canonical_before

HERE = Path(__file__).parent
WHOLE = st.one_of(
    st.integers(), st.integers(-(2**53) - 2, -(2**53) + 2), st.integers(2**53 - 2, 2**53 + 2), st.integers(0, 2**80)
)
NUMBERS = WHOLE | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text() | st.text('"\\/\x00\x1f\x7f\x80\u2028\ufb33\uffff\U00010000😀aé', max_size=5)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=12,
)


@given(PLAIN)
def test_random_documents_are_written_as_before(data: object) -> None:
    assert canonicalise(data) == canonical_before.canonicalise(data)


@given(st.floats())
def test_so_is_any_number_and_what_is_none_is_refused(number: float) -> None:
    if math.isfinite(number):
        assert canonicalise([number]) == canonical_before.canonicalise([number])
        return
    for write in (canonicalise, canonical_before.canonicalise):
        with pytest.raises(ValueError, match=r"."):
            write([number])


@given(st.text(st.characters(categories=("Cs",)), min_size=1) | st.just("a\ud800"))
def test_half_a_surrogate_pair_is_refused_beside_a_large_number_too(text: str) -> None:
    for data in (text, {text: 1}, [2**70, text], {"a": 2**70, text: 1}):
        for write in (canonicalise, canonical_before.canonicalise):
            with pytest.raises(ValueError, match=r"."):
                write(data)


@pytest.mark.parametrize("name", ["0.1.0-early", "0.1.0-late"])
def test_what_was_signed_is_written_as_before(name: str) -> None:
    lines = [line for path in (HERE / name).glob("*.bundle") for line in path.read_bytes().splitlines()]
    lines += [
        line for path in (HERE / name).glob("rempart/incidents/*/*.jsonl") for line in path.read_bytes().splitlines()
    ]
    lines += [path.read_bytes().split(b"\n")[0] for path in (HERE / name).glob("agent/spool/*")]
    lines += [path.read_bytes() for path in (HERE / name).glob("rempart/incidents/*/*/manifest.json")]
    assert len(lines) > 20
    for line in lines:
        assert canonicalise(json.loads(line)) == line
    run = json.loads((HERE / name / "run.json").read_bytes())
    assert canonicalise(run) == canonical_before.canonicalise(run)
