"""Runs are saved in a transaction that somebody else holds: with it, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run
from sqlalchemy import func, select

from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_store.schema.table import visit
from rempart_store.server.document import forget_older
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


def test_a_document_that_another_way_brought_meanwhile_is_not_saved_twice(tmp_path: Path) -> None:
    run = make_run("web", BEGINNING, [make_result("AAA-01")])
    documents = [Delivered("ab" * 32, number, f"{number:064}") for number in (5, 6, 7)]
    runs = [run._replace(document=one.digest) for one in documents]
    with Store.open(str(tmp_path / "store.db")) as store:
        store.save(runs[:2], delivered=documents[:2])
        with store.writing() as connection:
            forget_older(connection, {"ab" * 32: 6})  # as the server's door does: 5 is known by the number of 6 alone
        store.save([*runs, run], delivered=documents)
        with store.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(visit)) == 4, "7, and what no agent delivered"
