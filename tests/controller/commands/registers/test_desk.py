"""What the actions share."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.commands.registers.desk import read_sound
from rempart_core.error import ContentError


def test_nothing_is_done_to_a_folder_with_mistakes(folder: Path) -> None:
    assert read_sound(str(folder))
    (folder / "watch.csv").touch()
    with pytest.raises(ContentError, match=r"watch\.csv"):
        read_sound(str(folder))
