"""A link of the chain, and a statement of what was forgotten: in one form only, signed, each after the one before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_core.documents import run_document
from rempart_core.model.result import State
from rempart_core.signing import forgetting
from rempart_core.signing.canonical import canonicalise
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
    assert found["document"] == hash_document(run_document.to_data(run))
    return found


def test_half_a_character_of_an_endpoint_is_signed_as_the_document_writes_it(key: Key) -> None:
    run = make_run("web", BEGINNING, [make_result("AAA-01", State.FAIL, ["\ud800"])])
    sealed = seal(run, key, 1, FIRST, Compactor())
    link = json.loads(sealed.link)
    assert find_fault(link, 1, FIRST) == ""
    assert link["document"] == hash_document(json.loads(run_document.write(run)))


def sign(said: dict[str, Any], key: Key) -> dict[str, Any]:
    plain = {name: value for name, value in said.items() if name != "signature"}
    return {**plain, "signature": key.sign(canonicalise(plain))}


def test_a_link_holds_in_its_place_alone(link: dict[str, Any]) -> None:
    assert find_fault(link, 1, FIRST) == ""
    assert find_fault(link, None, None) == ""
    assert find_fault(link, 2, FIRST).startswith("its number is 1, 2 is expected")
    assert find_fault(link, 0, FIRST).startswith("its number is 1, 0 is expected")
    for other in ("1" * 64, ""):
        assert find_fault(link, 1, other).startswith("it does not follow the link before")


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "rempart.link/0"},
        {"schema": "rempart.link/2"},
        {"more": "x"},
        {"number": True},
        {"number": "1"},
        {"number": 1.5},
        *({name: value} for name in ("previous", "target", "ended", "document", "key") for value in (None, 1, ["x"])),
    ],
)
def test_a_link_of_another_form_is_none_whoever_signed_it(
    link: dict[str, Any], key: Key, changes: dict[str, Any]
) -> None:
    assert find_fault(sign({**link, **changes}, key), None, None) == "this is no link of a chain"


@pytest.mark.parametrize("name", ["schema", "number", "previous", "target", "ended", "document", "key", "signature"])
def test_a_link_lacks_nothing(link: dict[str, Any], name: str) -> None:
    del link[name]
    assert find_fault(link, None, None) == "this is no link of a chain"


@pytest.mark.parametrize("name", ["target", "ended", "document", "key"])
def test_what_was_not_signed_is_found(link: dict[str, Any], tmp_path: Path, name: str) -> None:
    other = load_key(str(tmp_path / "other.pem"))
    changed = {**link, name: other.public}
    assert find_fault(changed, None, None) == "its signature is not right"
    assert find_fault({**link, "signature": sign(link, other)["signature"]}, None, None) == "its signature is not right"


def test_a_statement_of_what_was_forgotten_is_signed_and_in_one_form(key: Key, tmp_path: Path) -> None:
    said = json.loads(forgetting.state(1000, key))
    assert forgetting.find_fault(said) == ""
    for changes in (
        {"schema": "x"},
        {"schema": "a"},
        {"more": 1},
        {"before": True},
        {"before": "1000"},
        {"before": 0.5},
        {"key": 1},
    ):
        assert forgetting.find_fault(sign({**said, **changes}, key)) == "what it says was forgotten is no statement"
    for wrong in (None, [], "text", {}, {**said, "signature": None}):
        assert forgetting.find_fault(wrong) == "what it says was forgotten is no statement"
    late = {**said, "before": 2000}
    assert forgetting.find_fault(late) == "the signature of what was forgotten is not right"
    other = load_key(str(tmp_path / "other.pem"))
    assert forgetting.find_fault({**sign(said, other), "key": key.public}).startswith("the signature")


def test_what_ended_before_that_moment_was_forgotten_and_nothing_else() -> None:
    assert forgetting.covers(60, "1970-01-01T00:00:59Z")
    assert not forgetting.covers(60, "1970-01-01T00:01:00Z")
    assert not forgetting.covers(60, "1970-01-01T00:01:01Z")
    assert not forgetting.covers(60, "some day")
