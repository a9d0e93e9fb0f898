"""What the actions share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_controller.commands.registers.desk import confirmed_by, read_sound
from rempart_core.error import ContentError, UsageError
from rempart_core.registers.register import Registers


def test_who_confirmed_the_organisation_confirms_a_list(folder: Path, read: Callable[[], Registers]) -> None:
    assert confirmed_by(read(), "") == "p-001"
    assert confirmed_by(read(), "p-002") == "p-002"
    (folder / "organisation.yaml").unlink()
    with pytest.raises(UsageError, match="--by"):
        confirmed_by(read(), "")


def test_nothing_is_done_to_a_folder_with_mistakes(folder: Path) -> None:
    assert read_sound(str(folder))
    (folder / "watch.csv").touch()
    with pytest.raises(ContentError, match=r"watch\.csv"):
        read_sound(str(folder))
