"""What was encrypted: by the result of that date, and nothing is claimed of a host of which nothing was known."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rempart_testing.run import make_result, make_run, silent
from rempart_testing.spaces import plain

from rempart_controller.incident.draft import write_draft
from rempart_controller.incident.encryption import Encryption, find_encryption, find_or_nothing, tell_encryption
from rempart_controller.incident.incident_state import Standing
from rempart_core.model.result import State
from rempart_store.store import Store

NOW = int(time.time())
DAY = 86_400


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Make a store: unencrypted ten days ago, encrypted five days ago, silent one day ago."""
    place = str(tmp_path / "s.db")
    with Store.open(place) as store:
        store.save([make_run("web-1", NOW - 10 * DAY, [make_result("DSK-01", State.FAIL, ["/dev/sda2"])])])
        store.save([make_run("web-1", NOW - 5 * DAY, [make_result("DSK-01")])])
        store.save([silent("web-1", NOW - DAY, ["DSK-01"])])
    return place


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (20, Encryption()),
        (8, Encryption(State.FAIL, NOW - 10 * DAY, ("/dev/sda2",))),
        (3, Encryption(State.PASS, NOW - 5 * DAY)),
        (0, Encryption(State.NOT_CHECKED, NOW - 5 * DAY)),
    ],
)
def test_it_is_what_was_known_at_that_moment(place: str, days: int, found: Encryption) -> None:
    assert find_encryption(place, "web-1", NOW - days * DAY) == found


def test_of_another_host_or_without_a_store_nothing_is_known(place: str, tmp_path: Path) -> None:
    assert find_encryption(place, "web-2", NOW) == Encryption()
    assert find_encryption(str(tmp_path / "none.db"), "web-1", NOW) == Encryption()
    (tmp_path / "broken.db").write_bytes(b"no database")
    assert find_or_nothing(str(tmp_path / "broken.db"), "web-1", NOW) == Encryption()


@pytest.mark.parametrize(
    ("found", "english", "french"),
    [
        (Encryption(), "no result of DSK-01 on web-1: what was encrypted is not known", "aucun résultat de DSK-01"),
        (Encryption(State.ERROR, NOW), "gave no verdict", "sans verdict"),
        (Encryption(State.FAIL, NOW, ("/dev/sda2",)), "not encrypted: /dev/sda2", "non chiffré : /dev/sda2"),
        (Encryption(State.PASS, NOW), "no volume with data was seen unencrypted", "aucun volume de données"),
    ],
)
def test_it_is_told_in_both_languages(found: Encryption, english: str, french: str) -> None:
    assert english in tell_encryption(found, "web-1", NOW, "en")
    assert french in plain(tell_encryption(found, "web-1", NOW, "fr"))


def test_article_34_3_is_named_only_where_disks_were_seen_to_be_encrypted(opened: Standing) -> None:
    for disks in (None, Encryption(), Encryption(State.FAIL, NOW), Encryption(State.ERROR, NOW)):
        assert "34(3)(a)" not in write_draft(opened, "en", NOW, disks)
    draft = write_draft(opened, "en", NOW, Encryption(State.PASS, NOW))
    assert "34(3)(a) may apply if the machine was off" in draft
