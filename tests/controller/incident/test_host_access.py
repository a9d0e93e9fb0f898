"""Whether the address that the controller comes from will last."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_controller.incident.host_access import is_temporary

LISTED = """\
20010db800000000192c56255e907be7 03 40 00 01      one
20010db8000000000000000000000015 03 40 00 80      one
"""
_REAL = """
ip link add name one type veth peer name two
echo 2 > /proc/sys/net/ipv6/conf/one/use_tempaddr
ip link set two up
ip link set one up
ip addr add 2001:db8::15/64 dev one mngtmpaddr
temporary=$(ip -6 -o addr show dev one temporary | sed 's/.*inet6 //; s|/.*||')
test -n "$temporary"
"$0" -c '
import sys
from rempart_controller.incident.host_access import is_temporary
print(*map(is_temporary, sys.argv[1:]))' $temporary 2001:db8::15 2001:db8::1 192.0.2.1
"""


def test_temporary_addresses_are_told_from_those_that_last(tmp_path: Path) -> None:
    listed = tmp_path / "if_inet6"
    listed.write_text(LISTED)
    said = [
        is_temporary(address, str(listed))
        for address in ("2001:db8::192c:5625:5e90:7be7", "2001:db8::15", "2001:db8::99", "192.0.2.1")
    ]
    assert said == [True, False, False, False]
    assert not is_temporary("2001:db8::15", str(tmp_path / "none"))  # as on macOS


@pytest.mark.skipif(
    os.geteuid() != 0 or not sys.platform.startswith("linux") or not all(map(shutil.which, ("ip", "unshare"))),
    reason="needs root and iproute2",
)
def test_the_kernels_own_list_is_understood() -> None:
    words = ["unshare", "--net", "sh", "-ec", _REAL, sys.executable]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if "use_tempaddr" in done.stderr or "not supported" in done.stderr:
        pytest.skip(f"no such addresses here: {done.stderr}")
    assert (done.returncode, done.stdout) == (0, "True False False False\n"), done.stderr
