"""A run survives its document whole, and nothing else is taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_core.documents.run_document import SCHEMA, SIZE_LIMIT, read, to_data, write
from rempart_core.error import DocumentError
from rempart_core.model.check import DISRUPTIONS, Remediation, Severity, Step
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import (
    FAILURES,
    PROOFS,
    UNJUDGED,
    AppliedChange,
    AppliedWaiver,
    ContainerIdentity,
    EngineIdentity,
    Evidence,
    Exclusion,
    Result,
    Run,
    State,
    TargetIdentity,
)
from rempart_core.text import Text

plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
words = st.builds(Text, plain, plain)
seconds = st.floats(min_value=0, max_value=1e6)
counts = st.integers(min_value=5, max_value=10**12)
evidence = st.builds(
    Evidence,
    rows=st.lists(st.dictionaries(plain, plain, max_size=4), max_size=3),
    failing=counts,
    undecided=counts,
    passing=counts,
    statement=st.sampled_from(["query", "cross_check", "fallback"]),
    whys=st.dictionaries(plain, st.just(["{path}: a NUL byte", {"path": "/a"}]) | plain, max_size=2),
)
waiver = st.builds(
    AppliedWaiver, plain, plain, plain, st.lists(plain, max_size=2).map(tuple), st.booleans(), plain, plain
)
scalar = st.one_of(plain, st.integers(min_value=-(2**63), max_value=2**63 - 1))
value = st.one_of(scalar, st.lists(scalar, max_size=3), st.lists(st.lists(scalar, max_size=2), max_size=2))
applied = st.builds(
    AppliedChange, plain, st.sampled_from([one.value for one in Outcome]), words, st.lists(plain, max_size=2).map(tuple)
)
step = words.map(Step) | st.builds(lambda command: Step(command=command), plain.filter(bool))
steps = st.dictionaries(plain, st.lists(step, max_size=2).map(tuple), max_size=2).map(lambda d: tuple(d.items()))
result = st.builds(
    Result,
    check=plain,
    revision=counts,
    title=words,
    area=plain,
    severity=st.sampled_from(Severity),
    state=st.sampled_from(State),
    reason=words,
    rationale=words,
    remediation=st.builds(Remediation, plain, st.sampled_from(DISRUPTIONS), words, steps),
    controls=st.dictionaries(plain, st.lists(plain, max_size=2).map(tuple), max_size=2),
    evidence=st.none() | evidence,
    witness=st.none() | evidence,
    incomplete=st.booleans(),
    waiver=st.none() | waiver,
    expired_waivers=st.lists(waiver, max_size=2).map(tuple),
    parameters=st.dictionaries(plain, value, max_size=2),
    defaults=st.dictionaries(plain, value, max_size=2),
    sql=st.dictionaries(plain, plain, max_size=2),
    seconds=seconds,
    path=plain,
    known=st.booleans(),
    failure=st.sampled_from(["", *FAILURES, *UNJUDGED]),
    change=st.none() | applied,
    not_examined=st.lists(words, max_size=2).map(tuple),
    complete=words,
)
run = st.builds(
    Run,
    target=st.builds(TargetIdentity, *[plain] * 6),
    engine=st.builds(EngineIdentity, plain, plain, plain, st.booleans()),
    role=plain,
    profile=plain,
    started=plain,
    ended=plain,
    results=st.lists(result, max_size=3, unique_by=lambda one: one.check),
    excluded=st.lists(st.builds(Exclusion, plain, words), max_size=2).map(tuple),
    content=plain,
    version=plain,
    role_given=st.booleans(),
    waiver_file=plain,
    baseline=plain,
    seconds=seconds,
    notes=st.lists(words, max_size=2).map(tuple),
    container=st.none() | st.builds(ContainerIdentity, plain, plain, st.booleans(), plain),
    proof=st.sampled_from(PROOFS),
)


@settings(max_examples=60)
@given(run)
def test_any_run_survives_its_document(before: Run) -> None:
    text, before = write(before), before._replace(document="")  # the digest of a document is not in it
    assert read(text) == before
    assert read(text.encode()) == before
    assert text == write(read(text))


@given(st.text(max_size=20))
def test_what_a_machine_said_stays_text(said: str) -> None:
    """A document can be shown on a terminal and read by any reader of JSON."""
    text = write(small(target=TargetIdentity(said)))
    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    kept = read(text).target.name
    assert kept == said or any("\ud800" <= character <= "\udfff" for character in said)
    kept.encode("utf-8")


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert read(write(small(target=TargetIdentity("a\udcffb")))).target.name == "a\ufffdb"
    assert read(write(small()).replace('"host"', '"a\\uDcffb"')).target.name == "a\ufffdb"


def small(**fields: Any) -> Run:
    plain = Run(
        target=TargetIdentity("host"),
        engine=EngineIdentity("embedded", "1", "root", privileged=True),
        role="server",
        profile="server",
        started="2026-11-25T13:00:00Z",
        ended="2026-11-25T13:00:01Z",
        results=[],
    )
    return plain._replace(**fields)


def test_the_schema_comes_first_and_counts_are_given(result_of: Callable[..., Result]) -> None:
    results = [result_of("DSK-01", State.FAIL, ("a",)), result_of("DSK-02", State.PASS)]
    data = to_data(small(results=results))
    assert next(iter(data.items())) == ("schema", "rempart.run/1")
    assert data["counts"] == {
        "pass": 1,
        "fail": 1,
        "error": 0,
        "not_applicable": 0,
        "not_checked": 0,
        "waived": 0,
        "open": 1,
    }
    assert data["results"][0]["evidence"]["rows"][0]["item"] == "a"
    assert data["results"][0]["severity"] == "high"
    assert json.loads(write(small(results=results))) == data


@pytest.fixture
def damaged(result_of: Callable[..., Result]) -> Callable[..., str]:
    """Return a sound document with one value replaced (or, with no value, taken out)."""

    def damage(path: str, *value: Any) -> str:
        results = [result_of("DSK-01", State.FAIL, ("a",), ("b",), parameters={"days": 3})]
        data = json.loads(write(small(results=results)))
        inner = data
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        for part in way:
            inner = inner[part]
        if value:
            inner[last] = value[0]
        else:
            del inner[last]
        return json.dumps(data)

    return damage


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("schema", ["rempart.run/2"], 'has the schema "rempart.run/2"; this version reads "rempart.run/1"'),
        ("schema", ["other/1"], 'this is not a run document: "schema" is not "rempart.run/1"'),
        ("schema", [3], "this is not a run document"),
        ("schema", [], "this is not a run document"),
        ("target", [], "target is missing"),
        ("target", [3], "target is not of type object"),
        ("target/name", [None], "target.name is not of type string"),
        ("engine/privileged", ["yes"], "engine.privileged is not of type boolean"),
        ("started", [5], "started is not of type string"),
        ("results", [{}], "results is not of type array"),
        ("results/0", ["x"], "results[0] is not of type object"),
        ("results/0/state", ["passed"], 'results[0].state cannot be "passed"'),
        ("results/0/severity", [1], "results[0].severity is not of type string"),
        ("results/0/revision", [True], "results[0].revision is not of type integer"),
        ("results/0/revision", [1.5], "results[0].revision is not of type integer"),
        ("results/0/failure", ["odd"], 'unknown kind of failure "odd"'),
        ("results/0/title", ["x"], "results[0].title is not of type object"),
        ("results/0/title/fr", [], "results[0].title.fr is missing"),
        ("results/0/controls", [{"gdpr": "32"}], "results[0].controls.gdpr is not of type array"),
        ("results/0/controls", [{"gdpr": [32]}], "results[0].controls.gdpr must contain only texts"),
        ("results/0/parameters", [{"x": None}], "results[0].parameters.x is not a parameter value"),
        ("results/0/parameters", [{"x": [[[1]]]}], "results[0].parameters.x is not a parameter value"),
        ("results/0/evidence/rows/0/item", [5], "results[0].evidence.rows[0].item is not of type string"),
        ("results/0/evidence/failing", [-1], "results[0].evidence.failing is negative"),
        ("results/0/evidence/failing", [0], "it contains more rows than it counts"),
        ("results/0/seconds", [1e300], "seconds is not a possible duration"),
        ("results/0/waiver", ["x"], "results[0].waiver is not of type object"),
        ("results/0/state", ["pass"], "its counts differ from its results"),
        ("counts/open", [0], "its counts differ from its results"),
        ("counts", [7], "its counts differ from its results"),
    ],
)
def test_a_damaged_document_is_refused_in_one_sentence(
    damaged: Callable[..., str], path: str, value: list[Any], message: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        read(damaged(path, *value))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"text"',
        "<testsuites/>",
        "[" * 100_000,
        '{"schema": "rempart.run/1", "schema": "rempart.run/1"}',
        '{"schema": "rempart.run/1", "seconds": NaN}',
        b"\xff\xfe\x00",
        b"\x80",
        "1" * 5000,
    ],
)
def test_what_is_no_document_is_refused(text: str | bytes) -> None:
    with pytest.raises(DocumentError, match="run document"):
        read(text)


def test_a_truncated_document_is_refused(result_of: Callable[..., Result]) -> None:
    text = write(small(results=[result_of("DSK-01", State.FAIL, ("a",))])).rstrip()
    for end in range(0, len(text), 7):
        with pytest.raises(DocumentError):
            read(text[:end])


def test_a_result_stands_once(result_of: Callable[..., Result]) -> None:
    with pytest.raises(DocumentError, match="two results for DSK-01"):
        read(write(small(results=[result_of("DSK-01", State.PASS)] * 2)))


def test_a_huge_document_is_refused() -> None:
    with pytest.raises(DocumentError, match="larger than 64 MiB"):
        read(b" " * (SIZE_LIMIT + 1))


def test_keys_of_other_versions_of_the_schema_do_no_harm(damaged: Callable[..., str]) -> None:
    assert read(damaged("later", {"x": 1})).target.name == "host"
    assert read(damaged("results/0/known")).results[0].known is False
    assert read(damaged("counts")).results[0].check == "DSK-01"
    assert SCHEMA == "rempart.run/1"


def test_a_run_that_somebody_asked_for_says_nothing_of_proof_so_that_what_was_signed_stays_what_it_is() -> None:
    assert '"proof"' not in write(small())
    assert read(write(small())).proof == ""
    assert '"proof": "transport"' in write(small(proof="transport"))
