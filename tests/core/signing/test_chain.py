"""A link of the chain, and a statement of what was forgotten: in one form only, signed, each after the one before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.signed import again, opened, said

from rempart_core.documents import run_document
from rempart_core.model.result import State
from rempart_core.signing import dsse, forgetting
from rempart_core.signing.chain import BEGINNING as FIRST
from rempart_core.signing.chain import find_fault, hash_document, seal
from rempart_core.signing.compaction import Compactor
from rempart_core.signing.key import Key, load_key


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return load_key(str(tmp_path_factory.mktemp("key") / "key.pem"))


@pytest.fixture
def link(key: Key) -> dict[str, Any]:
    run = make_run("web", BEGINNING, [make_result("AAA-01")])
    sealed = seal(run, key, 1, FIRST, Compactor())
    found: dict[str, Any] = json.loads(sealed.link)
    assert said(found)["document"] == hash_document(run_document.to_data(run))
    return found


def test_half_a_character_of_an_endpoint_is_signed_as_the_document_writes_it(key: Key) -> None:
    run = make_run("web", BEGINNING, [make_result("AAA-01", State.FAIL, ["\ud800"])])
    sealed = seal(run, key, 1, FIRST, Compactor())
    link = opened(sealed.link)
    assert find_fault(link, 1, FIRST) is None
    assert link.statement["document"] == hash_document(json.loads(run_document.write(run)))


def fault(link: Any, number: int | None = None, previous: str | None = None) -> str:
    return str(find_fault(dsse.read(link), number, previous) or "")


def test_a_link_holds_in_its_place_alone(link: dict[str, Any]) -> None:
    assert fault(link, 1, FIRST) == ""
    assert fault(link) == ""
    assert fault(link, 2, FIRST).startswith("its number is 1, 2 is expected")
    assert fault(link, 0, FIRST).startswith("its number is 1, 0 is expected")
    for other in ("1" * 64, ""):
        assert fault(link, 1, other).startswith("it does not follow the link before")


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "rempart.link/0"},
        {"schema": "rempart.link/2"},
        {"more": "x"},
        {"number": True},
        {"number": "1"},
        {"number": 1.5},
        *({name: value} for name in ("previous", "target", "ended", "document") for value in (None, 1, ["x"])),
    ],
)
def test_a_link_of_another_form_is_none_whoever_signed_it(
    link: dict[str, Any], key: Key, changes: dict[str, Any]
) -> None:
    flat = dsse.sign_flat({**said(link), **changes}, key)  # as 0.1.0 signed
    assert fault(again(link, key, **changes)) == fault(flat) == "this is no link of a chain"


@pytest.mark.parametrize("name", ["schema", "number", "previous", "target", "ended", "document"])
def test_a_link_lacks_nothing(link: dict[str, Any], key: Key, name: str) -> None:
    less = {known: value for known, value in said(link).items() if known != name}
    assert fault(dsse.sign_flat(less, key)) == "this is no link of a chain"
    if name != "schema":
        assert fault(dsse.sign(less, key)) == "this is no link of a chain"
    for envelope in (link, dsse.sign_flat(said(link), key)):
        for known in envelope:
            assert fault({other: value for other, value in envelope.items() if other != known}), known


@pytest.mark.parametrize("name", ["target", "ended", "document"])
def test_what_was_not_signed_is_found(link: dict[str, Any], key: Key, tmp_path: Path, name: str) -> None:
    other = load_key(str(tmp_path / "other.pem"))
    changed = again(link, key, **{name: other.public})
    flat = dsse.sign_flat(said(link), key)
    for wrong in (
        {**link, "payload": changed["payload"]},
        {**link, "signatures": changed["signatures"]},
        {**link, "signatures": [{**again(link, other)["signatures"][0], "keyid": key.public}]},
        {**link, "payloadType": "application/vnd.rempart.forgotten+json"},
        {**flat, name: other.public},
        {**flat, "key": other.public},
        {**flat, "signature": dsse.sign_flat(said(link), other)["signature"]},
    ):
        assert fault(wrong) == "its signature is not right"


def test_a_statement_of_what_was_forgotten_is_signed_and_in_one_form(key: Key, tmp_path: Path) -> None:
    statement = json.loads(forgetting.state(1000, key))
    other = load_key(str(tmp_path / "other.pem"))
    none = "what it says was forgotten is no statement"

    def wrong(data: Any) -> str:
        return str(forgetting.find_fault(dsse.read(data)) or "")

    assert wrong(statement) == wrong(dsse.sign_flat(said(statement), key)) == ""
    for changes in (
        {"schema": "x"},
        {"schema": "a"},
        {"more": 1},
        {"before": True},
        {"before": "1000"},
        {"before": 0.5},
    ):
        assert wrong(again(statement, key, **changes)) == none
        assert wrong(dsse.sign_flat({**said(statement), **changes}, key)) == none
    for nothing in (None, [], "text", {}, {**statement, "signatures": None}, {**statement, "signatures": []}):
        assert wrong(nothing) == none
    late = {**statement, "payload": again(statement, key, before=2000)["payload"]}
    assert wrong(late) == "the signature of what was forgotten is not right"
    assert wrong({**dsse.sign_flat(said(statement), other), "key": key.public}).startswith("the signature")


def test_what_ended_before_that_moment_was_forgotten_and_nothing_else() -> None:
    assert forgetting.covers(60, "1970-01-01T00:00:59Z")
    assert not forgetting.covers(60, "1970-01-01T00:01:00Z")
    assert not forgetting.covers(60, "1970-01-01T00:01:01Z")
    assert not forgetting.covers(60, "some day")
