"""The results of invented machines are documents as those of real ones."""

from __future__ import annotations

import calendar
import time

from rempart_core.documents.run_document import read
from rempart_core.registers.sample import HOSTS
from rempart_core.registers.sample_runs import write_runs


def test_each_host_has_a_fresh_run_that_says_it_is_invented(now: int) -> None:
    runs = [read(line) for line in write_runs(now).splitlines()]
    assert [run.target.name for run in runs] == list(HOSTS)
    for run in runs:
        age = now - calendar.timegm(time.strptime(run.ended, "%Y-%m-%dT%H:%M:%SZ"))
        assert 0 < age < 86_400
        assert "invented" in run.notes[0].en.lower()
        assert {result.check for result in run.results} >= {"ACC-09", "BKP-01", "DSK-01"}
