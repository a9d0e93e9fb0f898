"""The server's unit on a machine with systemd: shut in as it is, it answers, reloads, comes back, and ends."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing import nspawn
from rempart_testing.nspawn import Machine

import rempart_server

pytestmark = pytest.mark.lab
SOURCE = Path(rempart_server.__file__).resolve().parents[2]
PLACE = "/var/lib/rempart-server"
UNIT = "rempart-server.service"
LIBRARIES = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}"
FOUND = f"{sys.base_prefix}/lib:/opt/libraries"
PREPARE = f"""
chmod 711 /root
useradd --system --home-dir {PLACE} --create-home rempart-server
install -d -m 700 -o rempart-server {PLACE}
"""


def seen() -> list[str]:
    """Return the folders that hold this Python, the environment and the source: the machine runs the same."""
    found = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), SOURCE}
    return sorted(str(one) for one in found if not any(one != other and one.is_relative_to(other) for other in found))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("lab")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        one = world.boot("server", PREPARE, size="256m", shown=[*seen(), f"{LIBRARIES}:/opt/libraries"])
        one.connect()
        one.await_boot()
        yield one


def rempart(words: str) -> str:
    return f"runuser -u rempart-server -- env LD_LIBRARY_PATH={FOUND} {sys.prefix}/bin/rempart {words}"


AWAIT = f"""
for _ in $(seq 600); do
    {sys.prefix}/bin/python - <<'END' && exit 0
import ssl, sys, urllib.request
trust = ssl.create_default_context(cafile="{PLACE}/ca.pem")
try:
    print(urllib.request.urlopen("https://localhost:8443/readyz", timeout=5, context=trust).read().decode().strip())
except OSError:
    sys.exit(1)
END
    sleep 0.2
done
systemctl status {UNIT}
exit 1
"""


def test_the_unit_answers_reloads_comes_back_and_ends(machine: Machine) -> None:
    libraries = f"export LD_LIBRARY_PATH={FOUND}"
    machine.run(f"cd /; {rempart(f'server init --name localhost --dir {PLACE}')}")
    machine.run(f"echo LD_LIBRARY_PATH={FOUND} > {PLACE}/environment; chmod 600 {PLACE}/environment")
    machine.run(f"{libraries}; {sys.prefix}/bin/rempart server service --dir {PLACE} > /etc/systemd/system/{UNIT}")
    machine.run(f"systemctl daemon-reload; systemctl start {UNIT}")
    assert machine.run(f"{libraries}; {AWAIT}").strip() == "ready"
    told = machine.run(f"systemctl show {UNIT} -p User -p ActiveState -p MainPID -p NRestarts")
    assert "User=rempart-server\n" in told
    main = next(line for line in told.splitlines() if line.startswith("MainPID="))

    machine.run(f"systemctl reload {UNIT}")
    assert machine.run(f"{libraries}; {AWAIT}").strip() == "ready"
    assert main in machine.run(f"systemctl show {UNIT} -p MainPID")

    machine.run(f"kill -9 {main.removeprefix('MainPID=')}")
    assert machine.run(f"{libraries}; sleep 1; {AWAIT}").strip() == "ready"
    assert "NRestarts=1" in machine.run(f"systemctl show {UNIT} -p NRestarts")

    machine.run(f"systemctl stop {UNIT}")
    assert "Result=success" in machine.run(f"systemctl show {UNIT} -p Result")
