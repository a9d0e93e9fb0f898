"""The document behind a host's page: that of its visit, whole; a damaged one shows nothing."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.run import BEGINNING, make_result, make_run, of_states
from sqlalchemy import update

from rempart_controller.recording.user_key import load_key
from rempart_core.documents.run_document import read
from rempart_core.model.result import State
from rempart_store.read.fleet_view import list_hosts
from rempart_store.read.signed_view import read_documents
from rempart_store.schema.table import link
from rempart_store.store import Store

DAY = 86_400


def test_a_visit_has_the_document_that_was_signed_of_it(store: Store, tmp_path: Path) -> None:
    key = load_key(str(tmp_path / "key.pem"))
    runs = [make_run("one", BEGINNING + n * DAY, [make_result("A-1", State.FAIL, [f"item {n}"])]) for n in range(2)]
    for run in runs:
        store.save([run, of_states("other", BEGINNING, {"A-1": State.PASS}, machine_id="2" * 64)], key=key)
    with store.reading() as connection:
        for at, run in ((BEGINNING + 60, runs[0]), (None, runs[1])):
            (host,) = [one for one in list_hosts(connection, None, at) if one.state.name == "one"]
            assert [read(one).results for one in read_documents(connection, host)] == [run.results]
    with store.writing() as connection:
        connection.execute(update(link).values(document=b"damaged"))
    with store.reading() as connection:
        assert list(read_documents(connection, host)) == []


def test_of_some_checks_only_there_is_no_document_of_all(store: Store, tmp_path: Path) -> None:
    key = load_key(str(tmp_path / "key.pem"))
    store.save([of_states("one", BEGINNING, {"A-1": State.PASS, "B-1": State.PASS})], key=key)
    store.save([of_states("one", BEGINNING + DAY, {"A-1": State.PASS})], key=key, whole=False)
    with store.reading() as connection:
        (host,) = list_hosts(connection, None)
        assert list(read_documents(connection, host)) == []
