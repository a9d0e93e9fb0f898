"""Since when an update waits on an endpoint: from the evidence of PAT-01, kept from the first day on."""

from __future__ import annotations

from rempart_testing.run import BEGINNING
from rempart_testing.waiting_updates import DAY, known, run_of

from rempart_core.model.result import Evidence, State
from rempart_store.store import Store


def test_a_check_with_sentences_names_the_candidate_in_a_column(small: Store) -> None:
    """The words may change; what a row of older documents says in words is read as before."""
    small.save([run_of(0, {"openssl 3.0.1": "3.0.2"})])
    run = run_of(1, {})
    rows = [
        {
            "item": "openssl 3.0.1",
            "observed": "pending: 3.0.3",
            "candidate": "3.0.3",
            "said": "/waits/in_time",
            "ok": "1",
        },
        {
            "item": "list waits main",
            "observed": "x waits since yesterday",
            "said": "list/problem/fresh_list",
            "ok": "1",
        },
    ]
    (result,) = run.results
    small.save([run._replace(results=[result._replace(evidence=Evidence(rows, 0, 0, 2))])])
    assert told(small) == {"openssl 3.0.1": ("3.0.3", 0, None)}


def told(store: Store) -> dict[str, tuple[str, int, int | None]]:
    def days(time: int) -> int:
        return (time - BEGINNING) // DAY

    return {
        p.item: (p.candidate, days(p.first_seen), None if p.gone is None else days(p.gone))
        for p in store.pending("web")
    }


def test_the_first_day_is_kept_while_candidates_change(small: Store) -> None:
    small.save([run_of(0, {"openssl 3.0.1": "3.0.2"})])
    small.save([run_of(1, {"openssl 3.0.1": "3.0.3", "curl 8.1": "8.2"})])
    assert told(small) == {"openssl 3.0.1": ("3.0.3", 0, None), "curl 8.1": ("8.2", 1, None)}


def test_what_was_installed_is_gone(small: Store) -> None:
    small.save([run_of(0, {"openssl 3.0.1": "3.0.2"})])
    small.save([run_of(1, {})])
    assert told(small) == {"openssl 3.0.1": ("3.0.2", 0, 1)}
    assert [one.gone for one in small.history("web").pending] == [BEGINNING + DAY]


def test_what_is_not_shown_is_not_taken_for_installed(small: Store) -> None:
    small.save([run_of(0, {"openssl 3.0.1": "3.0.2"})])
    small.save([run_of(1, {}, hidden=3)])
    small.save([run_of(2, {}, state=State.ERROR)])
    assert told(small) == {"openssl 3.0.1": ("3.0.2", 0, None)}


def test_a_late_run_that_saw_it_before_unproves_that_it_was_not_there(small: Store) -> None:
    small.save([run_of(3, {})])
    small.save([run_of(5, {"curl 8.1": "8.2"})])
    small.save([run_of(2, {"curl 8.1": "8.2"})])
    assert known(small) == (5, {"curl 8.1": (2, 0)})


def test_a_late_run_moves_the_first_day_back_and_takes_nothing_away(small: Store) -> None:
    small.save([run_of(5, {"openssl 3.0.1": "3.0.3"})])
    small.save([run_of(2, {"openssl 3.0.1": "3.0.2"})])
    small.save([run_of(1, {})])
    assert told(small) == {"openssl 3.0.1": ("3.0.3", 2, None)}


def test_an_update_that_waits_again_counts_anew_from_its_first_day(small: Store) -> None:
    small.save([run_of(0, {"openssl 3.0.1": "3.0.2"})])
    small.save([run_of(1, {})])
    small.save([run_of(2, {"openssl 3.0.1": "3.0.2"})])
    assert told(small) == {"openssl 3.0.1": ("3.0.2", 0, None)}
