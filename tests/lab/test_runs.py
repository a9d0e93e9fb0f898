"""What a host does goes on by itself: connections are cut, controllers killed, while a slow fix installs a package."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from rempart_testing import nspawn
from rempart_testing.fixing_lab import FixingLab

pytestmark = [pytest.mark.early, pytest.mark.lab]

_SLOW = 100  # seconds that the package takes at most; a test lets it go on
_PATIENCE = 120.0
# A package that takes its time, in a repository of the machine's own.
_REPOSITORY = f"""
printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/50-bad.conf
mkdir -p /srv/made/DEBIAN /srv/offer
cat > /srv/made/DEBIAN/control <<'END'
Package: takes-long
Version: 1.0
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: takes its time
END
cat > /srv/made/DEBIAN/postinst <<'END'
#!/bin/sh
touch /run/takes-long
for n in $(seq {_SLOW}); do test -e /run/go-on && exit 0; sleep 1; done
END
chmod 755 /srv/made/DEBIAN/postinst
dpkg-deb --build --root-owner-group /srv/made /srv/offer/takes-long.deb
cd /srv/offer
(cat /srv/made/DEBIAN/control; echo "Filename: ./takes-long.deb"; echo "Size: $(stat -c %s takes-long.deb)"
 echo "SHA256: $(sha256sum takes-long.deb | cut -d' ' -f1)") > Packages
rm -f /etc/apt/sources.list.d/* ; echo 'deb [trusted=yes] file:/srv/offer ./' > /etc/apt/sources.list
apt-get -q update
"""
# Root's login, which a timer guards, and then the package.
_TASKS = {
    "rmt-01": """
- name: RMT-01 | Refuse the login of root
  rempart_fix:
    check: RMT-01
    sshd: {PermitRootLogin: "no"}
    effects: [{reload: ssh.service, if: running}]
""",
    "rmt-02": """
- name: RMT-02 | Take long
  rempart_fix:
    check: RMT-02
    packages: [{name: takes-long}]
    sshd: {PasswordAuthentication: "no", KbdInteractiveAuthentication: "no"}
    effects: [{reload: ssh.service, if: running}]
""",
}
_HOSTS = ("cut", "orphan", "flicker")  # the timer of the first runs


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FixingLab]:
    folder = tmp_path_factory.mktemp("runs")
    with nspawn.make_world(nspawn.expect_tree(), folder) as world:
        lab = FixingLab(world, folder / "controller", dict.fromkeys(_HOSTS, _REPOSITORY), {})
        for name, task in _TASKS.items():
            (lab.playbooks / f"roles/remote_access/tasks/linux/{name}.yml").write_text("---\n" + task)
        yield lab


def await_true(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.2)


def stand(lab: FixingLab, host: str) -> str:
    """Return how logins and the package are."""
    ask = "sshd -T | grep -iE '^(permitrootlogin|passwordauthentication)'"
    return lab.machines[host].run(f"{ask}; dpkg-query -W -f '${{db:Status-Abbrev}}' takes-long 2>/dev/null || true")


def test_what_is_begun_on_a_host_goes_on_whoever_is_lost_and_is_told_truly(lab: FixingLab) -> None:
    before = stand(lab, "cut")
    planned = lab.plan("--profile", "all", "--checks", "RMT-01,RMT-02")
    assert planned.returncode == 1, planned.stdout + planned.stderr
    begun = {}
    for host in _HOSTS:
        begun[host] = lab.begin(*lab.apply_words("-l", host, "--revert-after", "30" if host == "cut" else "300"))
    for host in _HOSTS:  # each waits in the middle of its package until it is told to go on
        ask = "test -e /run/takes-long && echo yes || true"
        await_true(lambda host=host, ask=ask: "yes" in lab.machines[host].run(ask), f"{host}: nothing begins")  # type: ignore[misc]
        if host == "cut":
            lab.machines[host].disconnect()
        elif host == "orphan":
            begun[host].kill()
            begun[host].communicate()
        else:  # all that came in through the connection is ended, and sshd started anew
            lab.machines[host].run("systemctl kill --signal=KILL 'session-*.scope'; systemctl restart ssh")
        lab.machines[host].run("touch /run/go-on")

    listed = lab.run("changes", "-i", str(lab.inventory), "-l", "orphan", "--json", "--playbooks", str(lab.playbooks))
    ((change, found),) = json.loads(listed.stdout)["hosts"]["orphan"]["changes"].items()
    assert (found["state"], found["armed"]) == ("open", True)
    (lab.folder / f"home/data/rempart/changes/{change}.json").unlink()  # as another controller, that has no record
    words = ("apply", "--resume", change, "-i", str(lab.inventory), "-l", "orphan", "--yes")
    resumed = lab.run(*words, "--playbooks", str(lab.playbooks))
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    mended = "permitrootlogin no\npasswordauthentication no\nii "
    assert stand(lab, "orphan") == mended

    out, err = begun["flicker"].communicate(timeout=_PATIENCE)
    assert begun["flicker"].returncode == 0, out + err
    assert re.search("^flicker +kept ", out, re.MULTILINE), out + err
    assert stand(lab, "flicker") == mended

    await_true(lambda: stand(lab, "cut") == before, "its timer does not roll it back")
    lab.machines["cut"].connect()
    out, err = begun["cut"].communicate(timeout=2 * _PATIENCE)
    assert begun["cut"].returncode == 1, out + err
    assert re.search("^cut +rolled back ", out, re.MULTILINE), out + err
    assert "its timer rolled back the change" in out, out + err
    for host in _HOSTS:
        assert lab.machines[host].run("ls /etc/systemd/system | grep rempart || true") == "", host
