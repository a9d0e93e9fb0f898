"""A host's run out of the store: the signed document where there is one, else what the states say, and no more."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_controller.recording.user_key import load_key
from rempart_core.model.result import AppliedWaiver, State
from rempart_server.context import Context
from rempart_server.pages.known import known_to
from rempart_server.pages.recollection import recall_run
from rempart_store.read.fleet_view import list_hosts

RESULTS = [
    make_result("RMT-01", State.FAIL, ["PermitRootLogin"], waiver=AppliedWaiver("known", "Mia", "2030-01-01")),
    make_result("NEW-99", State.ERROR, failure="denied"),
    make_result("DSK-01", revision=99),
]


def test_the_signed_document_says_it_all(context: Context, tmp_path: Path) -> None:
    run = make_run("signed", BEGINNING, RESULTS, group="g", machine_id="9" * 64)
    context.store.save([run], key=load_key(str(tmp_path / "key.pem")))
    with context.store.reading() as connection:
        (host,) = [one for one in list_hosts(connection, None) if one.state.name == "signed"]
        assert recall_run(connection, None, host, None, known_to(context)) == run


def test_without_one_the_states_say_what_was_found(context: Context) -> None:
    run = make_run("plain", BEGINNING, RESULTS, group="g", machine_id="8" * 64)
    context.store.save([run])
    known = known_to(context)
    with context.store.reading() as connection:
        (host,) = [one for one in list_hosts(connection, None) if one.state.name == "plain"]
        found = {one.check: one for one in recall_run(connection, None, host, None, known).results}
    for one in RESULTS:
        again = found[one.check]
        assert (again.state, again.reason, again.evidence, again.waiver, again.failure, again.title) == (
            one.state, one.reason, one.evidence, one.waiver, one.failure, one.title,
        )  # fmt: skip
    assert found["RMT-01"].rationale == known.checks["RMT-01"].rationale
    assert found["DSK-01"].sentences is None  # of another revision of the check
    assert found["NEW-99"].sql == {}
