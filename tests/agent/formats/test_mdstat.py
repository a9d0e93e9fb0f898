"""``/proc/mdstat``: every form that the kernel writes (drivers/md/md.c, raid1.c, raid5.c, raid0.c, md-bitmap.c)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import mdstat
from rempart_agent.formats.mdstat import Action
from rempart_agent.source.contract import Malformed

# the arrays md1 and md0 are those of osquery's md_tables_tests.cpp
TEXT = """Personalities : [raid1] [raid10] [linear] [multipath] [raid0] [raid6] [raid5] [raid4]
md1 : active raid10 sde2[4] sdd2[3] sdc2[6] sdb2[7] sda2[0]
      4687296000 blocks super 1.2 512K chunks 2 near-copies [6/5] [UUUUU_]
      [>....................]  recovery =  0.0% (1021056/1562432000) finish=127.4min speed=204211K/sec
      bitmap: 0/234 pages [0KB], 512KB chunk, file: /var/bit map

md0 : active raid1 sde1[4](F) sdf1[5](S) sdd1[3] sdb1[1](W) sda1[0]
      248640 blocks super 1.2 [6/5] [UU_UUU]
      \tresync=DELAYED
      bitmap: 1/1 pages [4KB], 65536KB chunk

md2 : active (auto-read-only) raid0 sdg1[1] sdh1[0]
      2093056 blocks super 1.2 512k chunks

md_d3 : active raid5 sdi1[2](J) sdj1[1] sdk1[0]
      2093056 blocks level 5, 64k chunk, algorithm 2 [3/3] [UUU]
      [======>..............]  check = 34.1% (716160/2095040) finish=0.0min speed=238720K/sec

md4 : inactive sdl1[0](S)
      1048512 blocks super external:imsm

md5 : broken raid0 sdm[0]
      2093056 blocks super 1.2 512k chunks

unused devices: sdx sdy
"""


def test_the_whole_file_is_understood() -> None:
    found = mdstat.parse(TEXT)
    assert found.personalities[0] == "raid1"
    assert (len(found.personalities), found.unused) == (8, "sdx sdy")
    assert [(one.name, one.status, one.size, one.other) for one in found.arrays] == [
        ("md1", "active", 4687296000, "super 1.2 512K chunks 2 near-copies"),
        ("md0", "active", 248640, "super 1.2"),
        ("md2", "active", 2093056, "super 1.2 512k chunks"),
        ("md_d3", "active", 2093056, "level 5, 64k chunk, algorithm 2"),
        ("md4", "inactive", 1048512, "super external:imsm"),
        ("md5", "broken", 2093056, "super 1.2 512k chunks"),
    ]


def test_what_an_array_is_busy_with_is_told() -> None:
    ten, one, zero, five, *_ = mdstat.parse(TEXT).arrays
    assert ten.actions == {"recovery": Action("0.0% (1021056/1562432000)", "127.4min", "204211K/sec")}
    assert one.actions == {"resync": Action("DELAYED")}
    assert zero.actions == {}
    assert five.actions == {"check": Action("34.1% (716160/2095040)", "0.0min", "238720K/sec")}
    assert ten.bitmap == ("0/234 pages [0KB]", "512KB chunk", "/var/bit map")
    assert one.bitmap == ("1/1 pages [4KB]", "65536KB chunk", "")
    assert five.bitmap == ("", "", "")


def test_no_array_is_no_error() -> None:
    assert mdstat.parse("Personalities : \nunused devices: <none>\n") == mdstat.Stat([], [], "<none>")


@pytest.mark.parametrize("text", ["", "md0 : active\n", "Personalities : [raid1]\nsomething else\n"])
def test_another_file_raises(text: str) -> None:
    with pytest.raises(Malformed):
        mdstat.parse(text)


@given(st.text(), st.text("md0 :[]=%bitmaprecoy,\n1"))
def test_any_text_is_taken_or_refused(text: str, more: str) -> None:
    for one in (text, "Personalities : " + more, "Personalities :\nmd0 : " + more, TEXT + more):
        try:
            assert all(array.name.startswith("md") for array in mdstat.parse(one).arrays)
        except Malformed:
            continue
