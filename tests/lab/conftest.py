"""The lab: eight Debian machines and one address where nobody is, and what an audit of them all came to."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from rempart_testing import nspawn
from rempart_testing.fleet_lab import HOST_DEADLINE, Audit, FleetLab, start


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetLab]:
    """Boot the machines for a module: each takes six of the 128 watches of files (inotify) that root has."""
    folder = tmp_path_factory.mktemp("lab")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        yield start(world, folder)


@pytest.fixture(scope="module")
def first(lab: FleetLab) -> Audit:
    """Audit all; the power of one goes once the collector runs on it."""
    dying = lab.machines["dying"]
    machines = [machine for name, machine in lab.machines.items() if name != "dying"]
    disks = {machine.name: machine.disk() for machine in machines}
    others = {machine.name: machine.other_files() for machine in machines}
    begun = time.monotonic()
    process = lab.begin(*lab.words("first"), "-i", str(lab.inventory), "--host-deadline", str(HOST_DEADLINE))
    while not dying.has_process(b"rempart-collector"):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < begun + HOST_DEADLINE
        time.sleep(0.02)
    dying.cut_power()
    audit = lab.finish(process, "first")
    for machine in machines:
        audit.changed[machine.name] = dict(disks[machine.name].items() ^ machine.disk().items())
        audit.appeared[machine.name] = machine.other_files() - others[machine.name]
    return audit._replace(seconds=time.monotonic() - begun)
