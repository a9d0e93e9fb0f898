"""Why a path can't be written, in both languages."""

from __future__ import annotations

import errno
import os

from rempart_core.messages.say import say_both
from rempart_core.messages.system import reason_of
from rempart_fix.paths import FRENCH, in_french


def test_the_reasons_of_a_fix_are_those_of_the_product() -> None:
    for number, french in FRENCH.items():
        assert say_both(reason_of(OSError(number, os.strerror(number)))).fr == french, os.strerror(number)


def test_a_reason_that_is_not_known_stays_the_systems() -> None:
    assert in_french(OSError(errno.ECHILD, "")) == os.strerror(errno.ECHILD)
