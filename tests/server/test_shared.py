"""Results that hosts share: those of equal answers alone, in equal circumstances, and within bounds."""

from __future__ import annotations

from rempart_testing.run import make_result

from rempart_server import shared
from rempart_server.shared import Judged, Shared
from rempart_store.server.audit import DENYLISTED, Stored

DIGESTS = ((b"a", b"b"), (b"c",))
ROWS = Stored(0, rows=b'[{"ok":"1"}]')


def note(one: Shared, circumstances: str, answers: dict[bytes, Stored], digests: shared.Digests = DIGESTS) -> None:
    held = one.within(digests, circumstances, 10)
    for number, told in enumerate(held.answers(answers)):
        one.note(held, [Judged(number, told, make_result(f"ACC-0{number}"))])


def known(
    one: Shared, circumstances: str, answers: dict[bytes, Stored], digests: shared.Digests = DIGESTS
) -> list[bool]:
    held = one.within(digests, circumstances, 10)
    return [result is not None for result in held.find(held.answers(answers))]


def test_a_result_is_known_by_all_answers_to_its_check_letter_for_letter() -> None:
    one = Shared()
    answers = {b"a": ROWS, b"b": Stored(0), b"c": ROWS}
    note(one, "debian", answers)
    assert known(one, "debian", dict(answers)) == [True, True]
    assert known(one, "debian", answers | {b"b": ROWS}) == [False, True]
    assert known(one, "debian", answers | {b"a": Stored(0, rows=b'[{"ok":"0"}]')}) == [False, True]
    assert known(one, "debian", answers | {b"c": ROWS._replace(status=DENYLISTED)}) == [True, False]
    assert known(one, "debian", {b"a": ROWS, b"b": Stored(0)}) == [True, False]  # c was not answered
    assert known(one, "debian", answers | {b"c": ROWS._replace(said="x")}) == [True, False]


def test_other_circumstances_and_other_checks_share_nothing() -> None:
    one = Shared()
    answers = {b"a": ROWS, b"b": Stored(0), b"c": ROWS}
    note(one, "debian", answers)
    assert known(one, "fedora", answers) == [False, False]
    others = ((b"a", b"b"), (b"c",), ())
    assert known(one, "debian", answers, others) == [False, False, False]


def test_much_evidence_is_not_remembered_and_little_not_for_ever() -> None:
    one = Shared()
    large = Stored(0, rows=b"x" * (shared.LARGEST + 1))
    note(one, "debian", {b"a": ROWS, b"c": large})
    assert known(one, "debian", {b"a": ROWS, b"c": large}) == [True, False]
    for number in range(10_000):
        note(one, "debian", {b"a": Stored(0, rows=b"%d" % number)})
    assert known(one, "debian", {b"a": ROWS, b"c": large}) == [False, False]
    assert known(one, "debian", {b"a": Stored(0, rows=b"9999")}) == [True, True]


def test_circumstances_of_many_words_are_not_remembered() -> None:
    one = Shared()
    held = one.within(DIGESTS, "debian", shared.LARGEST + 1)
    assert one.within(DIGESTS, "debian", shared.LARGEST + 1) is not held
