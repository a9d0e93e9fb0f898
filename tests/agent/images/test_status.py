"""A status has all that lstat(2) gives."""

import os
from pathlib import Path

from rempart_agent.images.status import Times, make_status, on_device


def test_no_field_is_missing_and_all_stay_on_a_device(tmp_path: Path) -> None:
    real = os.lstat(tmp_path)
    made = make_status(0o100644, 7, 2, (3, 4), 513, Times(1_500_000_000, 2_500_000_000, 3_500_000_001), 9)
    for status in (made, on_device(made, 12)):
        fields = [name for name in dir(real) if name.startswith("st_")]
        assert [name for name in fields if getattr(status, name) is None] == []
        assert (status.st_mtime, status.st_mtime_ns, status.st_ctime_ns, status[8]) == (
            2.5,
            2_500_000_000,
            3_500_000_001,
            2,
        )
        assert (status.st_blocks, status.st_rdev, status.st_uid, status.st_gid) == (2, 9, 3, 4)
    assert on_device(made, 12).st_dev == 12
