"""What was found before a change comes back from an endpoint as it was kept, or not at all."""

from __future__ import annotations

import json

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_controller.remediation.records.before import Asked, note_before, pack, unpack
from rempart_core.json_value import Json
from rempart_core.model.result import State
from rempart_core.text import same

RUN = make_run("web", BEGINNING, [make_result("RMT-01", State.FAIL, ["x"]), make_result("RMT-02", State.PASS)])
ASKED = Asked("server", "server", ("DSK-01.max_age_days=14",))


def test_what_was_kept_comes_back() -> None:
    before = note_before(["RMT-01"], RUN, ASKED)
    assert unpack(json.loads(json.dumps(pack(before)))) == before
    assert pack(before)["asked"] == {"profile": "server", "role": "server", "parameters": ["DSK-01.max_age_days=14"]}


def test_what_an_older_version_kept_has_its_english_words() -> None:
    kept = {**pack(note_before(["RMT-01"], RUN, ASKED)), "seen": {"RMT-01": ["x: bad"]}}
    found = unpack(kept)
    assert found is not None
    assert found.seen == {"RMT-01": (same("x: bad"),)}


def test_of_what_nobody_will_ask_again_nothing_comes_back() -> None:
    assert unpack(pack(note_before(["RMT-01"], RUN))) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"asked": {"profile": 1, "role": "", "parameters": []}},
        {"states": {"odd": ["A"]}},
        {"seen": {"RMT-01": [["x", 1]]}},
        {"seen": {"RMT-01": "x"}},
    ],
)
def test_what_we_have_not_written_is_nothing(changed: dict[str, Json]) -> None:
    assert unpack({**pack(note_before(["RMT-01"], RUN, ASKED)), **changed}) is None
    assert unpack(["RMT-01"]) is None
