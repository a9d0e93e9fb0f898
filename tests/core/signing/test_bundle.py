"""A bundle proves itself: any byte that is changed, any line that is gone or moved, is found, and the link named."""

from __future__ import annotations

import hashlib
import io
import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.bundles import NIGHTS, line_of, prove, rewrite, run_of, sign_again
from rempart_testing.run import BEGINNING, make_result, make_run, silent
from rempart_testing.signed import again, said

from rempart_core.documents import run_document
from rempart_core.error import UsageError
from rempart_core.model.result import State
from rempart_core.signing.bundle import Entry, Extent, Margin, verify, write
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.chain import hash_document, seal
from rempart_core.signing.compaction import Compactor, join
from rempart_core.signing.forgetting import state
from rempart_core.signing.key import Key, load_key
from rempart_store.read.archive import Scope
from rempart_store.retention.forget import Retention
from rempart_store.store import Store


def test_a_bundle_as_it_was_written_holds(bundle: bytes, signed: Store, key: Key) -> None:
    proof = verify(io.BytesIO(bundle), [key.public], signed.head())
    assert str(proof.fault or "") == ""
    assert (proof.first, proof.links, proof.documents) == (1, 2 * NIGHTS, 2 * NIGHTS)
    assert (proof.head, proof.keys, proof.writer) == (signed.head(), (key.public,), key.public)
    assert (proof.begun, proof.ended) == ("2023-11-14T22:13:20Z", "2023-11-16T22:13:20Z")


def test_the_first_link_follows_sixty_four_zeros_as_the_format_says(bundle: bytes) -> None:
    links = [json.loads(line)["link"] for line in bundle.splitlines() if b'"link"' in line]
    assert said(links[0])["previous"] == "0" * 64
    assert said(links[1])["previous"] == hashlib.sha256(canonicalise(links[0])).hexdigest()


@pytest.mark.parametrize(
    ("number", "previous", "fault"),
    [
        (1, "0" * 64, ""),
        (1, "1" * 64, "it does not follow the link before"),
        (0, "1" * 64, "it does not follow the link before"),  # nothing comes before the first one, whatever its number
        (2, "1" * 64, ""),
    ],
)
def test_a_chain_begins_with_its_first_link_or_was_wanted_from_a_later_one(
    key: Key, number: int, previous: str, fault: str
) -> None:
    sealed = seal(run_of("web", 0), key, number, previous, Compactor())
    out = io.BytesIO()
    entry = Entry(sealed.link, sealed.slim, sealed.parts)
    write(out, Extent(number, 1, sealed.hash, 1), [entry], key, Margin(since=5 if number == 2 else None))
    found = prove(out.getvalue(), (key.public,), sealed.hash)[0]
    assert found.startswith(fault)
    assert bool(found) is bool(fault)


def test_the_documents_in_it_are_the_runs_to_the_letter(bundle: bytes) -> None:
    parts, documents = {}, []
    for line in bundle.splitlines()[1:]:
        data = json.loads(line)
        if "part" in data:
            text = canonicalise(data["part"])
            parts[hashlib.sha256(text).hexdigest()] = text
        else:
            documents.append(join(data["document"], parts))
    expected = run_document.write(run_of("web", 1))
    assert documents[2] == json.loads(expected)
    assert run_document.read(json.dumps(documents[2])) == run_document.read(expected)
    link = json.loads(bundle.splitlines()[-1])["link"]
    assert said(link)["document"] == hash_document(documents[-1])


def test_any_byte_that_is_changed_is_found(tmp_path: Path, key: Key) -> None:
    """Every byte of a bundle of two links, one after the other, by one bit; of a letter that is its case."""
    out = io.BytesIO()
    with Store.open(str(tmp_path / "rempart.db")) as store:
        store.save([silent("web", BEGINNING, ["AAA-01"])], key=key)
        store.save([silent("web", BEGINNING + 1, ["AAA-01"])], key=key)
        store.export(out, key)
    bundle = out.getvalue()
    for place in range(len(bundle)):
        changed = bytearray(bundle)
        changed[place] ^= 32 if bundle[place : place + 1].isalpha() else 1
        assert prove(bytes(changed))[0], f"byte {place} of {bundle[max(0, place - 20) : place + 20]!r}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cut_or_paste_is_found(bundle: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(bundle)))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=20) | st.sampled_from([b" ", b"\n", b"\r\n", b"{}\n", b"null\n", b"[]"]))
    changed = bundle[:place] + put + bundle[place + length :]
    assert bool(prove(changed)[0]) == (changed != bundle)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_line_that_is_gone_doubled_or_moved_is_found(bundle: bytes, data: st.DataObject) -> None:
    lines = bundle.splitlines(keepends=True)
    drawn = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=len(lines) + 1))
    changed = b"".join(lines[number] for number in drawn)
    fault = prove(changed)[0]
    if not fault:  # parts may stand anywhere before the first document that needs them
        assert sorted(drawn) == list(range(len(lines)))
        kept = [number for number in drawn if b'"link"' in lines[number]]
        assert kept == sorted(kept)


def test_the_first_broken_link_is_named(bundle: bytes) -> None:
    lines = bundle.splitlines(keepends=True)
    links = [number for number, line in enumerate(lines) if b'"link"' in line]
    third = links[2]
    changed = lines.copy()
    changed[third] = changed[third].replace(b'"seconds":0.25', b'"seconds":0.35', 1)
    assert prove(b"".join(changed)) == ("its document is not the one that was signed", 3)
    proof = verify(io.BytesIO(b"".join(changed)))
    assert (proof.place, proof.links, proof.line) == ("web 2023-11-15T22:13:20Z", 2, third + 1)
    assert prove(b"".join(lines[:third] + lines[third + 1 :]))[1] == 3
    swapped = lines.copy()
    swapped[third], swapped[third + 1] = swapped[third + 1], swapped[third]
    assert prove(b"".join(swapped))[1] == 3
    assert prove(b"".join(lines[:third]))[0].startswith("the bundle ends too soon: link 3 is missing")


def test_a_link_that_was_made_anew_without_the_key_is_found(bundle: bytes, key: Key, tmp_path: Path) -> None:
    """Somebody who has another key rewrites a whole link: it holds for itself, and the next one betrays it."""
    forger = load_key(str(tmp_path / "forger.pem"))
    lines = bundle.splitlines(keepends=True)
    place = [number for number, line in enumerate(lines) if b'"link"' in line][1]
    data = json.loads(lines[place])
    link = again(data["link"], forger, target="other")
    lines[place] = canonicalise({**data, "link": link}) + b"\n"
    assert prove(b"".join(lines))[1] == 3
    assert prove(b"".join(lines), (key.public,)) == (f"it was signed with another key: {forger.public}", 2)


def test_a_whole_history_that_was_written_anew_is_found_by_the_key_or_by_the_head(
    signed: Store, key: Key, tmp_path: Path
) -> None:
    forger = load_key(str(tmp_path / "forger.pem"))
    out = io.BytesIO()
    with Store.open(str(tmp_path / "forged.db")) as forged:
        forged.save([run_of("web", 0)], key=forger)
        forged.export(out, forger)
    assert prove(out.getvalue())[0] == ""
    assert "another key" in prove(out.getvalue(), (key.public,))[0]
    assert "not the one that is expected" in prove(out.getvalue(), (), signed.head())[0]


def test_a_part_of_the_chain_proves_itself(signed: Store, key: Key) -> None:
    out = io.BytesIO()
    extent = signed.export(out, key, Scope(since=BEGINNING + 86_400))
    assert (extent.first, extent.links) == (3, 4)
    proof = verify(io.BytesIO(out.getvalue()), [key.public], signed.head())
    assert (str(proof.fault or ""), proof.first, proof.documents) == ("", 3, 4)


def test_a_chain_up_to_a_moment_ends_in_the_head_of_that_moment(signed: Store, key: Key) -> None:
    second = BEGINNING + 86_400
    ended = signed.moment("2", end=True)
    for scope, first, links in ((Scope(until=ended), 1, 4), (Scope(since=second, until=ended), 3, 2)):
        out = io.BytesIO()
        extent = signed.export(out, key, scope)
        assert (extent.first, extent.links, extent.documents) == (first, links, links)
        assert extent.head == signed.head(ended) != signed.head()
        assert prove(out.getvalue(), (key.public,), signed.head(ended)) == ("", 0)
        assert "not the one that is expected" in prove(out.getvalue(), (), signed.head())[0]
    with pytest.raises(UsageError, match="signed"):
        signed.export(io.BytesIO(), key, Scope(until=BEGINNING - 86_400))
    with pytest.raises(UsageError, match="signed"):
        signed.export(io.BytesIO(), key, Scope(since=ended + 1, until=ended))


def test_documents_of_one_host_leave_the_chain_whole(signed: Store, key: Key) -> None:
    out = io.BytesIO()
    signed.export(out, key, Scope(hosts=("db",)))
    assert "😀".encode() not in out.getvalue()  # what web's evidence says
    proof = verify(io.BytesIO(out.getvalue()))
    assert (str(proof.fault or ""), proof.links, proof.documents) == ("", 6, 3)


def test_documents_that_were_forgotten_leave_the_chain_whole(tmp_path: Path, key: Key) -> None:
    with Store.open(str(tmp_path / "rempart.db")) as store:
        store.save([run_of("web", 0)], key=key)
        store.save([run_of("web", 1)], key=key)
        store.forget(Retention(documents=1))
        assert store.export(io.BytesIO(), key).documents == 2  # nobody says that they were forgotten: they stay
        store.forget(Retention(documents=1), key)
        out = io.BytesIO()
        assert store.export(out, key).documents == 0
        proof = verify(io.BytesIO(out.getvalue()), [key.public], store.head())
        assert (str(proof.fault or ""), proof.links, proof.documents) == ("", 2, 0)
        assert proof.forgotten > BEGINNING + 86_400


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize("value", ["NULL", "x''", "x'00'"])
def test_a_document_that_is_gone_from_the_store_is_named(tmp_path: Path, key: Key, number: int, value: str) -> None:
    place, out = tmp_path / "rempart.db", io.BytesIO()
    with Store.open(str(place)) as store:
        for night in range(4):
            store.save([run_of("web", night)], key=key)
        head = store.head()
        rewrite(place, f"UPDATE link SET document = {value} WHERE number = {number}")
        store.export(out, key)
    proof = verify(io.BytesIO(out.getvalue()), [key.public], head)
    assert str(proof.fault or "").startswith("its document is missing")
    assert (proof.number, proof.missing, proof.proven) == (number, (number,), False)
    assert proof.place.startswith("web 2023-11-")


@pytest.mark.parametrize(
    ("gone", "fault", "number"),
    [
        ("number = 1", "link 1 is missing", 1),
        ("number <= 2", "links 1 to 2 are missing", 1),
        ("number = 3", "its number is 4, 3 is expected: a link is missing", 3),
        ("number = 4", "the link with the expected head is not in it: its end was cut off", 0),
    ],
)
def test_a_run_that_is_gone_from_the_store_is_named(
    tmp_path: Path, key: Key, gone: str, fault: str, number: int
) -> None:
    place, out = tmp_path / "rempart.db", io.BytesIO()
    with Store.open(str(place)) as store:
        for night in range(4):
            store.save([run_of("web", night)], key=key)
        head = store.head()
        rewrite(place, f"DELETE FROM link WHERE {gone}")
        store.export(out, key)
    proof = verify(io.BytesIO(out.getvalue()), [key.public], head)
    assert fault in str(proof.fault or "")
    assert proof.number == number


def test_what_was_forgotten_is_no_excuse_for_what_is_younger(tmp_path: Path, key: Key) -> None:
    place, out = tmp_path / "rempart.db", io.BytesIO()
    young = make_run("web", int(time.time()), [make_result("AAA-01", State.FAIL, ["x"])])
    with Store.open(str(place)) as store:
        store.save([run_of("web", 0)], key=key)
        store.save([young], key=key)
        store.forget(Retention(documents=1), key)
        rewrite(place, "UPDATE link SET document = NULL", "UPDATE forgotten SET before = before + 999999999")
        store.export(out, key)
        assert prove(out.getvalue(), (key.public,))[1] == 2
        rewrite(place, 'UPDATE forgotten SET statement = replace(statement, \'"payload":"eyJi\', \'"payload":"eyJj\')')
        out = io.BytesIO()
        store.export(out, key)
    assert prove(out.getvalue(), (key.public,))[0] == "the signature of what was forgotten is not right"


def test_a_header_proves_itself_only_by_a_key_that_was_given(
    bundle: bytes, signed: Store, key: Key, tmp_path: Path
) -> None:
    """Who has another key takes a document out, and signs a header that says so."""
    forger = load_key(str(tmp_path / "forger.pem"))
    lines = bundle.splitlines(keepends=True)
    place = max(number for number, line in enumerate(lines) if b'"document"' in line)
    assert said(json.loads(lines[place])["link"])["target"] == "db"
    lines[place] = canonicalise({"link": json.loads(lines[place])["link"]}) + b"\n"
    forged = sign_again(b"".join(lines), forger, documents=2 * NIGHTS - 1, hosts=["web"])
    assert not verify(io.BytesIO(forged), [], signed.head()).proven
    assert prove(forged, (key.public,), signed.head())[0] == f"the bundle was written with another key: {forger.public}"
    late = sign_again(bundle, forger, forgotten=json.loads(state(2**40, forger)))
    assert "another key" in prove(late, (key.public,))[0]


def test_what_was_forgotten_is_signed_with_a_key_that_was_given(bundle: bytes, key: Key, tmp_path: Path) -> None:
    forger = load_key(str(tmp_path / "forger.pem"))
    said = sign_again(bundle, key, forgotten=json.loads(state(2**40, forger)))
    fault = f"what was forgotten was signed with another key: {forger.public}"
    assert prove(said, (key.public,)) == (fault, 0)
    assert prove(said) == ("", 0)


def test_a_document_of_a_host_that_was_wanted_is_missed(signed: Store, key: Key) -> None:
    out = io.BytesIO()
    signed.export(out, key, Scope(hosts=("db",)))
    lines = out.getvalue().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith(b'{"document"'))
    lines[place] = line_of({"link": json.loads(lines[place])["link"]})
    fault, number = prove(sign_again(b"".join(lines), key, documents=2), (key.public,))
    assert (fault, number) == ("its document is missing, and nobody said that it was forgotten", 2)


def test_without_a_key_nothing_is_proven(bundle: bytes, signed: Store, key: Key) -> None:
    assert not verify(io.BytesIO(bundle), [], signed.head()).proven
    assert verify(io.BytesIO(bundle), [key.public]).proven


def test_where_nothing_was_signed_there_is_nothing_to_export(tmp_path: Path, key: Key) -> None:
    with Store.open(str(tmp_path / "rempart.db")) as store:
        store.save([run_of("web", 0)])
        assert store.head() == ""
        with pytest.raises(UsageError, match="--sign"):
            store.export(io.BytesIO(), key)
