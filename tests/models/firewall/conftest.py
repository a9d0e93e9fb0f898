"""The kernel, where this machine can be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from rempart_testing.models import missing

from models.firewall import trial
from models.firewall.oracle import Oracle, start


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    why = missing(trial.TRIAL)
    if why and os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with start() as made:
        yield made
