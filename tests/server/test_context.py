"""What every part of the server is given."""

from __future__ import annotations

import time
from pathlib import Path

from rempart_testing.server import a_context


def test_the_clock_is_the_machine_s_unless_another_is_given(tmp_path: Path) -> None:
    with a_context(tmp_path) as context:
        assert context.clock is time.time
        assert context._replace(clock=lambda: 5.0).clock() == 5.0
