"""What is read once for many documents is what each would be read as alone, errors and all."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.run import make_result, make_run, silent

from rempart_core.documents import run_document, run_reader
from rempart_core.documents.run_reader import RunReader
from rempart_core.error import DocumentError
from rempart_core.model.result import Run, State
from rempart_core.text import Text

READER = RunReader()
"""One for all, as a worker has it."""


def a_run(host: str = "web") -> Run:
    results = [
        make_result("ACC-01", State.FAIL, ["root", f"{host} é"], parameters={"most": 3})._replace(seconds=0.25),
        make_result("ACC-02", State.PASS)._replace(seconds=1.0),
        make_result("ACC-03", State.ERROR, failure="no_table", reason=Text('a "quote"\n', "là"))._replace(seconds=1e-7),
    ]
    return make_run(host, 5, results)


def outcome(read: Callable[[bytes], Run], document: bytes) -> Run | str:
    try:
        return read(document)
    except DocumentError as error:
        return str(error)


def same(document: bytes) -> None:
    assert outcome(READER.read, document) == outcome(run_document.read, document)


def test_results_of_documents_share_what_they_say_and_not_what_they_took() -> None:
    reader = RunReader()
    first, other = a_run("web"), a_run("db")
    other = other._replace(results=[one._replace(seconds=one.seconds + 0.5) for one in other.results])
    read = [reader.read(run_document.write(run).encode()) for run in (first, other)]
    assert read == [run_document.read(run_document.write(run)) for run in (first, other)]
    assert read[0].results[1].title is read[1].results[1].title
    assert read[0].results[0].evidence is not read[1].results[0].evidence
    assert [one.seconds for one in read[1].results] == [0.75, 1.5, 0.5 + 1e-7]


@pytest.mark.parametrize(
    "run",
    [a_run(), make_run("web", 5, []), silent("web", 5, ["A-01", "A-02"]), a_run()._replace(unfinished=Text("a", "b"))],
)
def test_documents_of_any_run_are_read_as_they_are(run: Run) -> None:
    same(run_document.write(run).encode())
    same(json.dumps(run_document.to_data(run)).encode())  # in another form


@given(st.integers(0, 2**32))
@settings(max_examples=400)
def test_a_document_that_somebody_changed_is_read_or_refused_as_any_other_is(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    data = bytearray(run_document.write(a_run()).encode())
    lines = bytes(data).splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                lines.insert(at, chance.choice(lines))
            case 1:
                del lines[at]
            case 2:
                lines[at] = lines[at].replace(b": ", chance.choice([b":", b" :  ", b": -", b": 1e9"]), 1)
            case 3:
                line = bytearray(lines[at])
                line[chance.randrange(len(line))] = chance.choice(b'",:{}[]0e \n\\d')
                lines[at] = bytes(line)
            case 4:
                lines[at] = b'   "seconds": %b,\n' % chance.choice([b"1", b"1e999", b"-0", b"01", b"617283950617283"])
            case _:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
    same(b"".join(lines))


NESTED = b'   "parameters": {\n   "seconds": 7,\n   "most": 3\n   },\n'


def test_seconds_that_are_not_the_result_s_own_are_left_where_they_are() -> None:
    text = run_document.write(a_run()).encode()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(b'   "seconds"')]
    at = next(number for number, line in enumerate(lines) if line.startswith(b'   "parameters"'))
    for own in (b"", b'   "seconds":617283950617283,\n', b'   "seconds":6.17283950617283e14,\n'):
        same(b"".join([*lines[:at], own, NESTED, *lines[at + 3 :]]))


EVIDENCE = b'   "parameters": {\n   "evidence": %b,\n   "most": 3\n   },\n'
"""Lines at which evidence might be cut out of a parameter."""


@pytest.mark.parametrize(
    "value",
    [
        b"7",
        b"null",
        b'{"rows": [], "failing": 0, "undecided": 0, "passing": 0}',
        b'{"rows": []}, "state": "pass"',
        b'"\\ud800"',
        b'{"rows": [{"ok": "0"}], "failing": 0, "undecided": 0, "passing": 0}',
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_evidence_that_is_not_the_result_s_own_is_left_where_it_is(value: bytes, own: bool) -> None:
    """Own: the result has evidence too, before or behind it."""
    lines = run_document.write(a_run()).encode().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith(b'   "parameters"'))
    other = next(number for number, line in enumerate(lines) if line.startswith(b'   "evidence"'))
    forged = [*lines[:at], EVIDENCE % value, *lines[at + 3 :]]
    if not own:
        depth = next(number for number in range(other, len(lines)) if lines[number].startswith(b"   }"))
        forged = [line for number, line in enumerate(forged) if not other <= number <= depth]
    same(b"".join(forged))
    same(b"".join(forged))  # what was remembered of it changes nothing
    again = [line if not line.startswith(b'   "evidence"') else b'   "evidence": %b,\n' % value for line in lines]
    same(b"".join(again))


def test_results_that_are_not_the_document_s_own_are_left_where_they_are() -> None:
    text = run_document.write(a_run()).encode()
    nested = b' "other": {' + text[text.index(b'\n "results"') : -2].rstrip() + b'},\n "results": []\n}\n'
    same(text[: text.index(b'\n "results"')] + b"\n" + nested)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_reader, "_KEPT", 2_000)
    reader = RunReader()
    for number in range(50):
        text = run_document.write(a_run(f"host-{number}")).encode()
        assert reader.read(text) == run_document.read(text)
    for known in (reader._results, reader._evidence):
        assert sum(size for _, size in known._known.values()) == known._held <= 2_000


@pytest.mark.parametrize("word", [b'"user": "root', b'"item": "root', b'"en": "title of ACC-01', b'"query": "SELECT'])
def test_half_a_character_is_mended_wherever_it_stands(word: bytes) -> None:
    text = run_document.write(a_run()).encode()
    assert word in text
    same(text.replace(word, word + b"\\ud800", 1))
