"""What a change is said to have seen: in both languages, by the sentences of the check; old records are English."""

from __future__ import annotations

import json

import pytest
from rempart_testing.run import make_result

from rempart_core.model.fix_outcome import SEEN, Outcome, count_outcome, read_seen, show
from rempart_core.model.result import State
from rempart_core.model.sentence import put_into_words
from rempart_core.text import Text, same


def test_what_was_seen_is_said_with_the_sentences_of_the_check() -> None:
    sentences = {"lets_in": ("lets {who} in", "laisse entrer {who}"), "nobody": ("nobody", "personne")}
    plain = make_result("RMT-01", State.FAIL, ["sshd"], sentences=sentences)
    assert plain.evidence is not None
    row = {"item": "sshd", "observed": "lets_in", "expected": "nobody", "ok": "0", "who": "root"}
    told = plain._replace(evidence=plain.evidence._replace(rows=[put_into_words(row, plain.wording)]))
    assert show(told) == (Text("sshd: lets root in", "sshd\u00a0: laisse entrer root"),)


def test_no_more_is_named_than_is_read_and_without_rows_the_reason_is() -> None:
    many = make_result("RMT-01", State.FAIL, [f"user{n}" for n in range(9)])
    assert len(show(many)) == SEEN
    silent = make_result("RMT-01", State.ERROR)._replace(evidence=None)
    assert show(silent) == (silent.reason,)
    assert show(None) == ()


def test_what_a_record_holds_comes_back_and_an_older_one_is_english() -> None:
    seen = (Text("x: bad", "x\u00a0: mauvais"),)
    assert read_seen(json.loads(json.dumps(seen))) == seen
    assert read_seen(["x: bad"]) == (same("x: bad"),)


@pytest.mark.parametrize("data", ["x: bad", None, [["x"]], [["x", 1]], [["x", "y", "z"]], [1]])
def test_what_we_have_not_written_is_refused(data: object) -> None:
    with pytest.raises(TypeError):
        read_seen(data)


def test_what_was_seen_before_a_change_is_told_of_first_after_it() -> None:
    rows = [{"item": f"user{n}", "observed": "closed", "expected": "closed", "ok": "1"} for n in range(9)]
    plain = make_result("RMT-01", State.PASS, ["user0"])
    assert plain.evidence is not None
    after = plain._replace(evidence=plain.evidence._replace(rows=rows))
    assert [one.en for one in show(after)] == ["user0: closed", "user1: closed", "user2: closed"]
    before = (Text("user7: open", "user7\u00a0: ouvert"), Text("gone: open", "gone\u00a0: ouvert"))
    assert [one.en for one in show(after, before)] == ["user7: closed", "user0: closed", "user1: closed"]


def test_several_are_counted_in_the_plural() -> None:
    assert [count_outcome(Outcome.FIXED, number, "fr") for number in (1, 2)] == ["1 corrigé", "2 corrigés"]
    assert count_outcome(Outcome.STILL_FAILING, 2, "fr") == "2 toujours en échec"
    assert count_outcome(Outcome.FIXED, 21, "en") == "21 fixed"
