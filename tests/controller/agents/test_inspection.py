"""Which documents are believed: of the known key and machine, none twice, none from the future."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.signed import again

from rempart_agent.installed import envelope
from rempart_controller.agents.contract import Delivery
from rempart_controller.agents.inspection import Taken, inspect
from rempart_controller.agents.known import Agent
from rempart_controller.agents.numbers import Number, note_numbers, read_numbers
from rempart_core.error import ContentError, UsageError
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, load_key

MACHINE = "ab" * 32
NOW = BEGINNING + 10_000.0


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


def seal(key: Key, number: int, at: int = BEGINNING, machine: str = MACHINE) -> bytes:
    return envelope.seal(make_run("web", at, [make_result("AAA-01")], machine_id=machine), key, number, 0)


def rewritten(key: Key, number: int, packed: bytes = b"", **changes: object) -> bytes:
    """Return an envelope whose header, and document, were made by somebody who has the key."""
    line, _, old = seal(key, number).partition(b"\n")
    packed = packed or old
    header = again(line, key, size=len(packed), document=hashlib.sha256(packed).hexdigest(), **changes)
    return canonicalise(header) + b"\n" + packed


def deliver(key: Key, *documents: bytes, last: bytes = b"") -> Delivery:
    return Delivery(MACHINE, key.public, documents, last)


def digest(data: bytes) -> str:
    return envelope.read(data).digest


def test_new_documents_are_believed_in_the_order_of_their_numbers(key: Key) -> None:
    found = inspect(deliver(key, seal(key, 9), seal(key, 7)), Agent(MACHINE, key.public), Taken(), NOW)
    assert [one.number for one in found.new] == [7, 9]
    assert (found.old, found.leftover, found.refused) == (None, (), ())


def test_each_that_is_not_believed_says_why(key: Key, tmp_path: Path) -> None:
    other = load_key(str(tmp_path / "other.pem"))
    changed = bytearray(seal(key, 6))
    changed[-3] ^= 1
    bad = {
        "another key": rewritten(other, 8, packed=b"nonsense"),  # which is not unpacked, or it would say so
        "another machine": seal(key, 8, machine="cd" * 32),
        "its content is not what was signed": bytes(changed),
        "replayed": seal(key, 5, BEGINNING + 1),
        "it was replayed": seal(key, 4),
        "in the future": seal(key, 8, int(NOW) + 301),
        "from another machine or time than its header says": rewritten(key, 8, ended="2023-11-14T23:00:00Z"),
        "cannot be unpacked": rewritten(key, 8, packed=b"nonsense"),
        "not a signed document": b"nonsense",
    }
    stored = seal(key, 5)
    taken = Taken(5, {5: digest(stored)})
    for why, document in bad.items():
        found = inspect(deliver(key, document, seal(key, 9)), Agent(MACHINE, key.public), taken, NOW)
        assert [one.number for one in found.new] == [9], why
        assert found.current, "a later one is believed"
        (refused,) = found.refused
        assert why in refused.en
        assert refused.fr != refused.en
        found = inspect(deliver(key, seal(key, 7), document), Agent(MACHINE, key.public), taken, NOW)
        assert ([one.number for one in found.new], found.current) == ([7], False), why


def test_a_clock_may_be_five_minutes_ahead(key: Key) -> None:
    for at in (NOW, NOW + 299, NOW + 300):
        found = inspect(deliver(key, seal(key, 7, int(at))), Agent(MACHINE, key.public), Taken(), NOW)
        assert ([one.number for one in found.new], found.refused) == ([7], ())


def test_what_is_dated_by_no_date_is_refused_and_quoted_in_part(key: Key) -> None:
    for ended in ("some day", "x" * 60):
        run = make_run("web", BEGINNING, [make_result("AAA-01")], machine_id=MACHINE)._replace(ended=ended)
        (refused,) = inspect(
            deliver(key, envelope.seal(run, key, 7, 0)), Agent(MACHINE, key.public), Taken(), NOW
        ).refused
        assert f"it is dated {ended[:40]}, in the future" in refused.en
        assert f"il est daté du {ended[:40]}, dans le futur" in refused.fr


@pytest.mark.parametrize("other", ["00" * 32, "cd" * 32])
def test_both_the_document_and_who_delivers_it_are_the_known_machine(key: Key, other: str) -> None:
    """A disk that was copied has the key, too; what is stored already is of that machine no more than what is new."""
    stored = seal(key, 7)
    taken = Taken(7, {7: digest(stored)})
    for document in (stored, seal(key, 8)):
        found = inspect(Delivery(other, key.public, (document,)), Agent(MACHINE, key.public), taken, NOW)
        assert (found.new, found.old, found.leftover, found.current) == ((), None, (), False)
        assert "of another machine" in found.refused[0].en
    found = inspect(deliver(key, seal(key, 8, machine=other)), Agent(MACHINE, key.public), taken, NOW)
    assert (found.new, found.current) == ((), False)


def test_the_first_document_of_an_agent_is_believed_and_none_is_no_fault(key: Key) -> None:
    found = inspect(deliver(key, seal(key, 1)), Agent(MACHINE, key.public), Taken(), NOW)
    assert ([one.number for one in found.new], found.refused, found.current) == ([1], (), True)
    assert inspect(deliver(key), Agent(MACHINE, key.public), Taken(), NOW) == ((), None, (), (), True, ())


def test_two_of_one_number_are_one_too_many(key: Key) -> None:
    one, two = seal(key, 7), seal(key, 7, BEGINNING + 1)
    found = inspect(deliver(key, one, two), Agent(MACHINE, key.public), Taken(), NOW)
    assert [document.data for document in found.new] == [one]
    assert len(found.refused) == 1


def test_what_is_stored_already_is_no_replay_and_is_to_go(key: Key) -> None:
    old, older = seal(key, 7), seal(key, 6)
    taken = Taken(7, {7: digest(old), 6: digest(older)})
    found = inspect(deliver(key, older, old), Agent(MACHINE, key.public), taken, NOW)
    assert found.refused == ()
    assert found.old is not None
    assert found.old.number == 7
    assert {one.number for one in found.leftover} == {6, 7}


def test_the_last_that_was_stored_is_shown_again_where_nothing_waits(key: Key) -> None:
    old = seal(key, 7)
    found = inspect(deliver(key, last=old), Agent(MACHINE, key.public), Taken(7, {7: digest(old)}), NOW)
    assert found.old is not None
    assert (found.new, found.leftover, found.refused) == ((), (), ())
    assert inspect(deliver(key, last=old), Agent(MACHINE, key.public), Taken(), NOW).new[0].number == 7


@pytest.mark.parametrize("kept", ["store", "file", "both"])
def test_what_is_older_than_the_last_word_is_refused_whenever_it_comes_back(key: Key, kept: str) -> None:
    """The endpoint shows its good days only: whatever holds the last number, they are not believed again."""
    good, bad = seal(key, 6), seal(key, 7)
    seen = Number(7, digest(bad)) if kept != "store" else Number(0, "")
    digests = {7: digest(bad), 6: digest(good)}  # the older one may wait still, where letting it go failed
    taken = Taken(7, digests, seen) if kept != "file" else Taken(0, {}, seen)
    for delivery in (deliver(key, last=good), deliver(key, good), deliver(key, seal(key, 5), good)):
        found = inspect(delivery, Agent(MACHINE, key.public), taken, NOW)
        assert (found.new, found.current) == ((), False)
        assert "replayed" in found.refused[-1].en
    other = seal(key, 7, BEGINNING + 1)
    assert not inspect(deliver(key, other), Agent(MACHINE, key.public), taken, NOW).current
    assert inspect(deliver(key, good, bad), Agent(MACHINE, key.public), taken, NOW).current
    assert inspect(deliver(key, last=bad), Agent(MACHINE, key.public), taken, NOW).current
    assert inspect(deliver(key, last=good), Agent(MACHINE, key.public), Taken(), NOW).current  # never seen before


def test_a_number_only_grows_and_stays(tmp_path: Path, key: Key) -> None:
    path = [str(tmp_path / "data/agent_numbers"), str(tmp_path / "beside/agent_numbers")]
    assert read_numbers(path) == {}
    note_numbers({key.public: Number(7, "a" * 64)}, path)
    note_numbers({key.public: Number(6, "b" * 64), "c" * 64: Number(1, "d" * 64)}, path)
    assert read_numbers(path) == {key.public: Number(7, "a" * 64), "c" * 64: Number(1, "d" * 64)}
    with (tmp_path / "data/agent_numbers").open("a") as file:
        file.write("nonsense\n")
    with pytest.raises(ContentError, match="KEY NUMBER"):
        read_numbers(path)
    (tmp_path / "data/agent_numbers").chmod(0o666)
    with pytest.raises(UsageError, match="other users can write"):
        read_numbers(path)


def test_where_the_first_file_cannot_be_written_the_next_one_is(tmp_path: Path, key: Key) -> None:
    (tmp_path / "data").write_text("no folder")
    paths = [str(tmp_path / "data/agent_numbers"), str(tmp_path / "beside/agent_numbers")]
    with pytest.raises(UsageError):  # it can't even be looked at: it may hold a higher number
        note_numbers({key.public: Number(7, "a" * 64)}, paths)
    (tmp_path / "data").unlink()
    note_numbers({key.public: Number(7, "a" * 64)}, paths[1:])
    assert read_numbers(paths) == {key.public: Number(7, "a" * 64)}
