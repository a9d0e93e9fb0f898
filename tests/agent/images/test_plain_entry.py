"""What files are that have no owner and no mode."""

from rempart_agent.images import plain_entry
from rempart_agent.images.status import Times


def test_all_is_roots_and_times_count_from_1970() -> None:
    status = plain_entry.status(7, plain_entry.FILE, 513, Times(1_000_000_000, 2_000_000_000, 3_000_000_000))
    assert (status.st_mode, status.st_uid, status.st_size, status.st_blocks) == (0o100755, 0, 513, 2)
    assert (status.st_atime, status.st_mtime, status.st_ctime) == (1, 2, 3)
    assert plain_entry.filetime(116_444_736_010_000_000) == 1_000_000_000
