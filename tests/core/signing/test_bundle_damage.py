"""What is no bundle, or a changed one, is broken, and no accident: headers, lines, parts, documents, heads."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rempart_testing.bundles import line_of, prove, rewrite, sign_again
from rempart_testing.run import BEGINNING, silent
from rempart_testing.signed import said

from rempart_core.messages.message import Message
from rempart_core.signing.bundle import Proof, verify
from rempart_core.signing.key import Key
from rempart_store.read.archive import Scope
from rempart_store.store import Store


@pytest.mark.parametrize(
    "changes",
    [
        {"first": True},
        {"first": "1"},
        {"first": 1.5},
        {"links": None},
        {"links": "6"},
        {"documents": [6]},
        {"since": "2023-11-14"},
        {"since": False},
        {"hosts": "web"},
        {"hosts": [1]},
        {"hosts": {"web": 1}},
        {"head": None},
        {"head": 7},
    ],
)
def test_a_header_whose_values_are_of_another_kind_is_refused(
    bundle: bytes, key: Key, changes: dict[str, object]
) -> None:
    """Even where the right key has signed it: what can be read in two ways is no proof."""
    assert prove(sign_again(bundle, key, **changes), (key.public,)) == ("this is no bundle of signed runs", 0)


@pytest.mark.parametrize("name", ["keyid", "sig"])
@pytest.mark.parametrize("value", [None, 7, [], "", "zz", "zzzz"])
def test_a_header_without_a_signature_or_a_key_is_refused(bundle: bytes, name: str, value: object) -> None:
    head, *rest = bundle.splitlines(keepends=True)
    envelope = json.loads(head)
    envelope["signatures"][0][name] = value
    fault, number = prove(line_of(envelope) + b"".join(rest))
    assert fault in {"the signature of the bundle's header is not right", "this is no bundle of signed runs"}
    assert number == 0


def test_a_header_has_its_keys_and_no_others(bundle: bytes, key: Key) -> None:
    assert prove(sign_again(bundle, key, more=1))[0] == "this is no bundle of signed runs"
    assert prove(sign_again(bundle, key, schema="rempart.bundle/4"))[0] == "this is no bundle of signed runs"
    assert prove(sign_again(bundle, key, forgotten={"before": 1}))[0] == "what it says was forgotten is no statement"


@pytest.mark.parametrize(
    ("changes", "fault", "number"),
    [
        ({"first": 2}, "link 1 is missing", 1),
        ({"first": 3}, "links 1 to 2 are missing", 1),
        ({"first": 0}, "its number is 1, 0 is expected: a link is missing, or out of its order", 0),
        ({"first": 2, "since": 5}, "its number is 1, 2 is expected: a link is missing, or out of its order", 2),
        ({"links": 5}, "the bundle ends too soon: link 7 is missing, 5 were in it", 0),
        ({"links": 7}, "the bundle ends too soon: link 7 is missing, 7 were in it", 0),
        ({"head": "0" * 64}, "the last link is not the head that the header names", 0),
        ({"head": "f" * 64}, "the last link is not the head that the header names", 0),
        ({"documents": 5}, "5 documents were in it, 6 are", 0),
        ({"documents": 7}, "7 documents were in it, 6 are", 0),
    ],
)
def test_a_header_that_tells_of_more_or_less_than_there_is_is_found(
    bundle: bytes, key: Key, changes: dict[str, object], fault: str, number: int
) -> None:
    proof = verify(io.BytesIO(sign_again(bundle, key, **changes)), [key.public])
    assert (str(proof.fault or ""), proof.number, proof.proven) == (fault, number, False)


def test_a_part_stands_once_and_belongs_to_a_document(bundle: bytes, key: Key) -> None:
    head, *rest = bundle.splitlines(keepends=True)
    (part, *_) = [line for line in rest if line.startswith(b'{"part":')]
    assert prove(b"".join([head, part, *rest]))[0] == "the same part stands twice"
    assert prove(bundle + line_of({"part": {"a": 1}}))[0] == "a part belongs to no document"
    at = rest.index(part)
    proof = verify(io.BytesIO(b"".join([head, *rest[:at], *rest[at + 1 :]])))
    assert str(proof.fault or "") == "its document is damaged, or a part of it is missing"
    assert (proof.number, proof.place) == (1, "web 2023-11-14T22:13:20Z")


@pytest.mark.parametrize("line", [{}, {"document": {}}, {"link": []}, {"link": {}, "part": {}}, {"part": 1, "x": 1}])
def test_a_line_is_a_part_or_a_link(bundle: bytes, line: object) -> None:
    head, *rest = bundle.splitlines(keepends=True)
    assert prove(head + line_of(line) + b"".join(rest))[0] == "this line is neither a link nor a part"


@pytest.mark.parametrize("damage", [None, 1, "text", [], {}, {"results": {}}, {"results": [1]}, {"results": [{}]}])
def test_a_document_that_is_none_is_damaged(signed: Store, key: Key, damage: object) -> None:
    """Also where none is wanted: a link without a document can be written in one way only."""
    out = io.BytesIO()
    signed.export(out, key, Scope(hosts=("db",)))
    lines = out.getvalue().splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if b'"link"' in line]
    for place, number in ((places[0], 1), (places[3], 4)):
        link = json.loads(lines[place])["link"]
        changed = [*lines[:place], line_of({"link": link, "document": damage}), *lines[place + 1 :]]
        assert prove(b"".join(changed)) == ("its document is damaged, or a part of it is missing", number)


def test_a_line_that_can_not_be_read_is_the_link_that_was_to_come(bundle: bytes) -> None:
    lines = bundle.splitlines(keepends=True)
    place = [number for number, line in enumerate(lines) if b'"link"' in line][1]
    for line in (
        b"{\n",
        b"[1]\n",
        lines[place].replace(b"\n", b"\r\n"),
        lines[place].replace(b'":', b'": ', 1),
        b"[" * 5000 + b"\n",
    ):
        proof = verify(io.BytesIO(b"".join([*lines[:place], line, *lines[place + 1 :]])))
        assert str(proof.fault or "").startswith("this line is no canonical JSON")
        assert (proof.number, proof.place.strip(), proof.links) == (2, f"line {place + 1}", 1)


def test_a_head_that_is_not_the_last_says_how_many_follow(bundle: bytes, signed: Store, key: Key) -> None:
    links = [json.loads(line)["link"] for line in bundle.splitlines() if b'"link"' in line]
    second, third = (said(links[number])["previous"] for number in (2, 3))
    assert prove(bundle, (key.public,), second)[0].endswith("the expected head is that of link 2, and 4 follow")
    part = io.BytesIO()
    signed.export(part, key, Scope(since=BEGINNING + 86_400))  # from link 3 on
    assert prove(part.getvalue(), (), third)[0].endswith("the expected head is that of link 3, and 3 follow")
    assert "its end was cut off, or it was written anew" in prove(part.getvalue(), (), second)[0]


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (1, ""),
        (3, "; so are those of 2, 3"),
        (20, "; so are those of " + ", ".join(str(one) for one in range(2, 21))),
        (22, "; so are those of " + ", ".join(str(one) for one in range(2, 21)) + " and 2 more"),
    ],
)
def test_of_many_documents_that_are_missing_twenty_are_named(tmp_path: Path, key: Key, gone: int, told: str) -> None:
    place, out = tmp_path / "rempart.db", io.BytesIO()
    with Store.open(str(place)) as store:
        for night in range(22):
            store.save([silent("web", BEGINNING + night, ["AAA-01"])], key=key)
        rewrite(place, f"UPDATE link SET document = NULL WHERE number <= {gone}")
        store.export(out, key)
    proof = verify(io.BytesIO(out.getvalue()), [key.public])
    assert str(proof.fault or "") == "its document is missing, and nobody said that it was forgotten" + told
    assert (proof.number, proof.place, len(proof.missing)) == (1, "web 2023-11-14T22:13:20Z", gone)


def test_a_proof_says_what_the_bundle_was_meant_to_hold(signed: Store, key: Key, bundle: bytes) -> None:
    out = io.BytesIO()
    signed.export(out, key, Scope(hosts=("db",)))
    assert verify(io.BytesIO(out.getvalue())).hosts == ("db",)
    whole = verify(io.BytesIO(bundle))
    assert (whole.hosts, whole.forgotten, whole.missing, whole.place, whole.number) == (None, 0, (), "", 0)
    assert whole.line == len(bundle.splitlines())
    assert verify(io.BytesIO(b"")) == Proof(Message("proof.no_bundle"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        b"\xff\xfe",
        b"null\n",
        b"[" * 5000,
        b'{"schema":"rempart.bundle/1"}\n',
        b"9" * 5000,
    ],
)
def test_what_is_no_bundle_is_broken_and_no_accident(data: bytes) -> None:
    fault, number = prove(data)
    assert fault
    assert number == 0
