"""Runs are saved in a transaction that somebody else holds: with it, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_store.store import Store
from rempart_store.write.batch import save_runs


def save_and_fail(store: Store, run: Run, receipt: Delivered) -> None:
    with store.writing() as connection:
        save_runs(connection, [run], delivered=[receipt])
        raise ZeroDivisionError


def test_what_is_undone_with_its_transaction_was_never_saved(tmp_path: Path) -> None:
    run = make_run("web", BEGINNING, [make_result("AAA-01")])
    receipt = Delivered("ab" * 32, 1, "cd" * 32)
    with Store.open(str(tmp_path / "store.db")) as store:
        with pytest.raises(ZeroDivisionError):
            save_and_fail(store, run, receipt)
        assert (store.runs(), store.delivered()) == ([], {})
        with store.writing() as connection:
            assert save_runs(connection, [run], delivered=[receipt]) == 1
        assert [one.number for one in store.runs()] == [1]
        assert store.delivered() == {receipt.key: {1: receipt.digest}}
