"""A signed document is taken whole and as it was signed, or not at all."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.signed import again, said

from rempart_agent.installed import envelope
from rempart_core.error import DocumentError
from rempart_core.model.result import Run, State
from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, load_key

MACHINE = "ab" * 32
RUN = make_run("web", BEGINNING, [make_result("AAA-01", State.FAIL, ["port 23"])], machine_id=MACHINE)


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "key.pem"))


def test_what_is_sealed_is_read_and_unpacked(key: Key) -> None:
    one = envelope.read(envelope.seal(RUN, key, 7, 2))
    assert (one.number, one.dropped, one.machine_id, one.ended, one.key) == (7, 2, MACHINE, RUN.ended, key.public)
    assert envelope.unpack(one) == RUN


def test_a_changed_bit_anywhere_is_found(key: Key) -> None:
    data = envelope.seal(RUN, key, 7, 0)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(DocumentError):
            envelope.read(bytes(changed))
    for wrong in (b"", data[:-1], data + b"x", b"\n" + data, data.replace(b",", b", ", 1)):
        with pytest.raises(DocumentError):
            envelope.read(wrong)


def test_another_may_not_sign_in_the_keys_name(key: Key, tmp_path: Path) -> None:
    other = load_key(str(tmp_path / "other.pem"))
    line, _, packed = envelope.seal(RUN, key, 7, 0).partition(b"\n")
    forged = again(line, other, number=8)
    forged["signatures"][0]["keyid"] = key.public
    flat = {**dsse.sign_flat({**said(line), "number": 8}, other), "key": key.public}
    for header in (forged, flat):
        with pytest.raises(DocumentError, match="signature"):
            envelope.read(canonicalise(header) + b"\n" + packed)


@pytest.mark.parametrize("wrong", [{"number": -1}, {"number": True}, {"dropped": "0"}, {"ended": None}, {"more": 1}])
def test_a_header_that_is_none_is_refused_though_it_is_signed(key: Key, wrong: dict[str, object]) -> None:
    line, _, packed = envelope.seal(RUN, key, 7, 0).partition(b"\n")
    for header in (again(line, key, **wrong), dsse.sign_flat({**said(line), **wrong}, key)):
        with pytest.raises(DocumentError, match="not a signed document"):
            envelope.read(canonicalise(header) + b"\n" + packed)


def test_a_document_of_another_machine_or_time_than_its_header_says_is_refused(key: Key) -> None:
    one = envelope.read(envelope.seal(RUN, key, 7, 0))
    for wrong in (one._replace(machine_id="cd" * 32), one._replace(ended="2020-01-01T00:00:00Z")):
        with pytest.raises(DocumentError, match="another machine or time"):
            envelope.unpack(wrong)


def test_what_unpacks_without_end_is_refused(key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rempart_core.documents.run_document.SIZE_LIMIT", 10_000)
    one = envelope.read(envelope.seal(RUN, key, 7, 0))
    head = one.data.partition(b"\n")[0] + b"\n"
    for packed in (zlib.compress(b" " * 10_001), zlib.compress(b"{}") + b"x", zlib.compress(b"{}")[:-1], b"nonsense"):
        with pytest.raises(DocumentError, match="unpacked"):
            envelope.unpack(one._replace(data=head + packed))


def test_what_no_reader_would_take_is_not_sealed(key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rempart_core.documents.run_document.SIZE_LIMIT", 100)
    big: Run = RUN
    with pytest.raises(DocumentError, match="too large"):
        envelope.seal(big, key, 7, 0)


def test_a_document_is_signed_anew_for_an_older_controller_by_its_own_key_alone(key: Key, tmp_path: Path) -> None:
    data = envelope.seal(RUN, key, 7, 2)
    flat = envelope.flatten(data, key)
    assert flat != data
    assert envelope.flatten(flat, key) == flat
    one = envelope.read(flat)
    assert one._replace(digest="", data=b"") == envelope.read(data)._replace(digest="", data=b"")
    assert envelope.unpack(one) == RUN
    with pytest.raises(DocumentError, match="another key"):
        envelope.flatten(data, load_key(str(tmp_path / "other.pem")))
    with pytest.raises(DocumentError, match="signature"):
        envelope.flatten(data.replace(b'"sig":"', b'"sig":"AAAA', 1), key)
