"""How an incident stands by its timeline: what did not come is no evidence."""

from __future__ import annotations

import os

import pytest

from rempart_controller.commands.incident.close import find_lacking
from rempart_controller.incident.draft import write_draft
from rempart_controller.incident.incident_state import Standing, read_standing
from rempart_controller.incident.timeline import Author, append
from rempart_core.signing.key import load_key


def collect(opened: Standing, **counts: int) -> Standing:
    """Write a collection into the timeline, as ``incident collect`` does, and return how the incident stands then."""
    key = load_key(os.path.join(os.path.dirname(opened.folder), "..", "signing-key.pem"))
    detail = {"folder": "evidence-1", "manifest": "00", **counts}
    append(opened.folder, key, Author("anna", "Anna"), "collect", "done" if counts["items"] else "failed", detail)
    return read_standing(opened.folder)


@pytest.mark.parametrize(
    ("counts", "some"),
    [
        ({"items": 0, "parts": 0, "failed": 38}, False),
        ({"items": 1, "parts": 0, "failed": 37}, True),
        ({"items": 0, "parts": 1, "failed": 37}, True),
    ],
)
def test_a_collection_in_which_nothing_came_is_no_evidence(
    opened: Standing, counts: dict[str, int], some: bool
) -> None:
    """Neither the draft to the authority claims it, nor is the incident closed by it, nor a host isolated."""
    found = collect(opened, **counts)
    assert found.has_evidence is some
    assert any(one.id == "incident.lacks_evidence" for one in find_lacking(found, evidence=True)) is not some
    assert ("evidence was collected and sealed" in write_draft(found, "en", found.aware)) is some
