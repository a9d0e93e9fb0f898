"""Documents on one line: the very text of the document, however much runs share."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_core.documents import run_line
from rempart_core.documents.run_document import to_data
from rempart_core.documents.run_line import LineWriter
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import (
    AppliedChange,
    AppliedWaiver,
    EngineIdentity,
    Evidence,
    Result,
    Run,
    State,
    TargetIdentity,
)
from rempart_core.text import NOTHING, Text

words = st.builds(Text, st.text(max_size=5), st.text(max_size=5))
shared = Text("the same for all", "le même pour tous")
evidence = st.builds(
    Evidence,
    st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3))),
    *[st.integers()] * 3,
    st.just("query"),
    st.just({}) | st.just({"no file": ["no file", {}]}),
)
waiver = st.builds(AppliedWaiver, *[st.text(max_size=5)] * 3)
results = st.builds(
    Result,
    check=st.text(max_size=5),
    revision=st.integers(),
    title=st.just(shared) | words,
    area=st.just("firewall"),
    severity=st.sampled_from(Severity),
    state=st.sampled_from(State),
    reason=words,
    rationale=st.just(shared) | words,
    remediation=st.builds(Remediation, st.just("x"), st.just("none"), words),
    controls=st.just({"anssi": ("R1", "R2")}) | st.just({}),
    evidence=st.none() | evidence,
    witness=st.none() | evidence,
    incomplete=st.booleans(),
    waiver=st.none() | waiver,
    expired_waivers=st.lists(waiver, max_size=1).map(tuple),
    parameters=st.dictionaries(st.text(max_size=3), st.integers()),
    sql=st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
    seconds=st.floats(min_value=0, max_value=1e9),
    path=st.text(max_size=5),
    known=st.booleans(),
    failure=st.text(max_size=5),
    change=st.none() | st.builds(AppliedChange, st.text(max_size=3), st.text(max_size=3), words),
    not_examined=st.lists(words, max_size=2).map(tuple),
    complete=st.just(NOTHING) | words,
    defaults=st.dictionaries(st.text(max_size=3), st.integers()),
    sentences=st.none() | st.dictionaries(st.text(max_size=3), st.tuples(st.text(), st.text()), max_size=2),
)


def run_of(found: list[Result]) -> Run:
    engine = EngineIdentity("embedded", "0.1.0", "root", privileged=True)
    moment = "2026-11-25T13:00:00Z"
    return Run(TargetIdentity("web"), engine, "server", "all", moment, moment, found)


@settings(max_examples=50, deadline=None)
@given(st.lists(results, max_size=4))
def test_the_line_is_the_documents_own_text(found: list[Result]) -> None:
    writer = LineWriter()
    for run in (run_of(found), run_of(found[::-1])):  # the second time much is known
        assert writer.write(run) == json.dumps(to_data(run), separators=(",", ":"))


def test_texts_that_come_once_do_not_pile_up() -> None:
    writer = LineWriter()
    for number in range(run_line._KEPT // 2):
        one = Result(
            "A", number, NOTHING, "", Severity.LOW, State.PASS, NOTHING, NOTHING, Remediation("", "", NOTHING), {}
        )
        writer.write(run_of([one]))
    assert len(writer._known) <= run_line._KEPT
    assert len(writer._whole) <= run_line._WHOLE


def test_what_hosts_share_is_kept_once_however_their_evidence_differs() -> None:
    one = Result("A", 1, shared, "", Severity.LOW, State.FAIL, NOTHING, NOTHING, Remediation("", "", NOTHING), {})
    writer = LineWriter()
    writer.write(run_of([one]))
    kept = len(writer._known)
    for number in range(50):
        seen = Evidence([{"item": str(number)}], 1, 0, 0)
        writer.write(run_of([one._replace(evidence=seen, sentences={"x": (str(number), str(number))}, seconds=number)]))
    assert len(writer._known) == kept
