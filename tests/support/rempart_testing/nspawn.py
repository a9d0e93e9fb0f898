"""Debian machines booted by systemd-nspawn, each with its own systemd, sshd, nftables and disk.

All of them live in one *world*: a network, mount and process namespace that this process holds. Nothing is seen of it
outside (no bridge, no mount, no address), and it ends as a whole with the process that holds it, however that one ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rempart_testing import debian

_PROGRAMS = ("systemd-nspawn", "debootstrap", "unshare", "nsenter", "setpriv", "ip", "tc", "ssh-keygen", "gpg")
_NETWORK = "10.213.77"
_GATE = f"{_NETWORK}.1"
_LAST = 250  # of its addresses: those after it are for tests to give
_BOOT = 180.0  # seconds until a machine must answer, prepared and booted

_NAMESPACES = (
    *("setpriv", "--pdeathsig", "KILL"),
    *(
        "unshare",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child=KILL",
        "--mount-proc",
        "--propagation",
        "private",
    ),
)

# All that a world is made of; root in a container may often do none of it.
_TRIAL = """
ip link add br0 type bridge
ip link add one type veth peer name two
tc qdisc add dev one root tbf rate 4kbit burst 2k limit 200k
mount -t tmpfs tmpfs /mnt
mkdir /mnt/up /mnt/work /mnt/root
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/up,workdir=/mnt/work overlay /mnt/root
"""

# Written at every login or boot by the system itself: logs, last logins, seeds, the clock.
_SYSTEMS_OWN = ("var/log", "var/lib/systemd", "var/lib/lastlog", "var/lib/wtmpdb", "run", "proc", "sys", "dev")


def missing() -> str:
    """Return what this machine lacks to boot others; ``""`` for nothing."""
    if os.geteuid() != 0:
        return "needs root, to boot machines"
    lacking = [program for program in _PROGRAMS if shutil.which(program) is None]
    if lacking:
        return f"needs {', '.join(lacking)} (apt-get install systemd-container debootstrap iproute2 gnupg)"
    if debian.find_source() is None:
        return "needs a source in /etc/apt that is reached by HTTP"
    tried = subprocess.run([*_NAMESPACES, "sh", "-ec", _TRIAL], capture_output=True, text=True, check=False, timeout=60)
    return f"machines can't be booted here: {tried.stderr.strip()}" if tried.returncode else ""


def expect_tree() -> Path:
    """Return the tree that machines boot from, or skip the test where there is none; in CI there must be one."""
    if lacking := missing():
        pytest.skip(lacking)
    return _expect(debian.make_tree)


def expect_offer(tree: Path) -> Path:
    """Return the tree to lay over that one in which apt finds packages, or skip the test where there is none."""
    return _expect(lambda source: debian.make_offer(source, tree))


def _expect(make: Callable[[debian.Source], Path]) -> Path:
    source = debian.find_source()
    assert source is not None
    try:
        return make(source)
    except RuntimeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no Debian system can be made here: {error}")


class Machine:
    """One that was booted.

    Attributes:
        name: Its host name.
        address: Its address.
        known: Its line of known_hosts.
    """

    def __init__(self, name: str, address: str, known: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.address, self.known = name, address, known
        self._process = process
        self._log = log
        self._leader = 0

    @property
    def leader(self) -> int:
        """Return the process id, as seen from here, of its systemd; waits for it."""
        until = time.monotonic() + _BOOT
        while not self._leader:
            inside = _children(self._process.pid)  # of nsenter: a shell, of that nspawn, of that the machine
            for _ in range(3):
                self._leader = self._leader or next((one for one in inside if _name(one) == "systemd"), 0)
                inside = [child for one in inside for child in _children(one)]
            running = self._process.poll() is None and time.monotonic() < until
            assert running, f"{self.name} did not boot: {self._log.read_text()[-2000:]}"
            time.sleep(0.05)
        return self._leader

    def run(self, script: str) -> str:
        """Run a shell script in it, as root."""
        enter = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "sh", "-ec", script]
        return _run(["sh", "-c", _JOIN, str(self.leader), *enter])  # logind asks who is in which group

    def connect(self, rate: str = "") -> None:
        """Give it its address; ``rate`` is how fast it may send, in the words of tc(8)."""
        until = time.monotonic() + _BOOT
        inside = ["nsenter", "-t", str(self.leader), "-n"]
        while (asked := _look([*inside, "ip", "link", "show", "host0"])).returncode:
            if not os.path.exists(f"/proc/{self._leader}"):  # what was taken for its systemd has ended
                self._leader = 0
                inside = ["nsenter", "-t", str(self.leader), "-n"]
            assert time.monotonic() < until, f"{self.name}: {asked.stderr}{self._log.read_text()[-2000:]}"
            time.sleep(0.05)
        _run([*inside, "ip", "link", "set", "lo", "up"])
        _run([*inside, "ip", "addr", "replace", f"{self.address}/24", "dev", "host0"])
        _run([*inside, "ip", "link", "set", "host0", "up"])
        if rate:
            limits = ["rate", rate, "burst", "2k", "limit", "200k"]
            _run([*inside, "tc", "qdisc", "replace", "dev", "host0", "root", "tbf", *limits])

    def take_address(self, address: str, *, alone: bool = False) -> None:
        """Give it a further address of a network of 256, or that one alone."""
        inside = ["nsenter", "-t", str(self.leader), "-n"]
        if alone:
            _run([*inside, "ip", "addr", "flush", "dev", "host0"])
        _run([*inside, "ip", "addr", "add", f"{address}/24", "dev", "host0"])

    def await_boot(self) -> None:
        """Wait until it has started what it starts."""
        until = time.monotonic() + _BOOT
        ask = ["nsenter", "-t", str(self.leader), "-a", "systemctl", "is-system-running"]
        while True:
            said = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
            if said in {"running", "degraded"}:
                return
            assert time.monotonic() < until, f"{self.name} is {said}: {self._log.read_text()[-2000:]}"
            time.sleep(0.2)

    def disk(self) -> dict[str, str]:
        """Return each file of its disk, with kind, size, owner, rights and when it was last changed."""
        root = f"/proc/{self.leader}/root/"
        pruned = " -o ".join(f"-path {root}{path}" for path in _SYSTEMS_OWN)
        found = _run(["sh", "-c", f"find {root} \\( {pruned} \\) -prune -o -printf '%P\\t%y %s %U %m %T@\\n'"])
        return dict(line.split("\t", 1) for line in found.splitlines())

    def other_files(self) -> set[str]:
        """Return the names of all files below /run, /dev/shm and where the system keeps its own records."""
        root = f"/proc/{self.leader}/root"
        places = [f"{root}/{path}" for path in (*_SYSTEMS_OWN[:5], "dev/shm") if os.path.isdir(f"{root}/{path}")]
        return {line.removeprefix(root) for line in _run(["find", *places, "-print"]).splitlines()}

    def has_process(self, word: bytes) -> bool:
        """Tell whether a process runs in it whose command line holds a word."""
        mine = os.readlink(f"/proc/{self.leader}/ns/pid")
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                if word in Path(f"/proc/{name}/cmdline").read_bytes() and os.readlink(f"/proc/{name}/ns/pid") == mine:
                    return True
            except OSError:
                continue
        return False

    def disconnect(self) -> None:
        """Take its network away; ``connect`` gives it back."""
        _run(["nsenter", "-t", str(self.leader), "-n", "ip", "link", "set", "host0", "down"])

    def begin_reboot(self) -> None:
        """Begin a reboot; ``connect`` and ``await_boot`` follow, as when it was booted."""
        old = self.leader
        self._log.with_suffix(".again").touch()
        self.run("systemctl --no-block reboot")
        until = time.monotonic() + _BOOT
        while os.path.exists(f"/proc/{old}"):
            assert time.monotonic() < until, f"{self.name} does not go down"
            time.sleep(0.1)
        self._leader = 0

    def cut_power(self) -> None:
        """End it as a power cut does: nothing is closed, nobody is told; so the cable goes first."""
        self.disconnect()
        os.kill(self.leader, signal.SIGKILL)
        self._process.wait(30)


def _children(process: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def _look(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _run(command: Sequence[str], text: str | None = None) -> str:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, errors="surrogateescape", check=False, timeout=120
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


class World:
    """A network of machines."""

    def __init__(self, holder: int, tree: str, folder: Path) -> None:
        self._enter = ["nsenter", "-t", str(holder), "-n", "-m", "-p"]
        self.inside = ["nsenter", "-t", str(holder), "-n"]  # for a controller: its network, our files
        # For a look at a disk: that of a machine is FOLDER/NAME/root.
        self.beside = ["nsenter", "-t", str(holder), "-m", "-p"]
        self._tree, self._folder = tree, folder
        self._groups = f"rempart-lab-{uuid.uuid4().hex}"
        self._number = 10
        self._free: list[str] = []  # of who is not there any more, the first to go first
        self._counting = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        _run([*self._enter, "sh", "-ec", f"""
            ip link set lo up
            ip link add br0 type bridge
            ip addr add {_GATE}/24 dev br0
            ip link set br0 up
        """])  # fmt: skip

    def address(self) -> str:
        """Return an address that nobody has: a new one, and once all were given, the one that was given back first."""
        with self._counting:
            if self._number + 1 < _LAST:
                self._number += 1
                return f"{_NETWORK}.{self._number}"
            assert self._free, "no address is left"
            return self._free.pop(0)

    def stand_elsewhere(self) -> str:
        """Give the gate one more address, as if another stood there, and return it."""
        address = self.address()
        _run([*self._enter, "ip", "addr", "add", f"{address}/24", "dev", "br0"])
        return address

    def stand_there_no_more(self, address: str) -> None:
        """Take an address of ``stand_elsewhere`` away: the next may have it."""
        _run([*self._enter, "ip", "addr", "del", f"{address}/24", "dev", "br0"])
        with self._counting:
            self._free.append(address)

    def boot(self, name: str, prepare: str, *, size: str = "64m", shown: Sequence[str] = ()) -> Machine:
        """Start a machine; ``connect`` and ``await_boot`` are the caller's, so that many boot at once.

        Args:
            name: Its host name.
            prepare: A shell script that runs in its tree before it boots.
            size: How large its disk is, beyond the tree that all share.
            shown: Folders of this machine that it sees too, and can't write to.
        """
        place = self._folder / name
        place.mkdir()
        _run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(place / "host")])
        kind, public = (place / "host.pub").read_text().split()[:2]
        address = self.address()
        (place / "prepare.sh").write_text(_BEGIN.format(
            name=name, id=uuid.uuid4().hex, key=(place / "host").read_text(), public=f"{kind} {public}",
        ) + prepare)  # fmt: skip
        binds = " ".join(f"--bind-ro={folder}" for folder in shown)
        # Without a control group of its own, nspawn puts each machine into the one that it is in itself, and units of
        # one name are one group on all of them: what one machine's systemd ends there is gone on the others.
        script = f"""
            for groups in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
                test -e $groups/cgroup.procs || continue
                mkdir -p $groups/{self._groups}-{name}
                echo 0 > $groups/{self._groups}-{name}/cgroup.procs
            done
            mount -t tmpfs -o size={size},mode=755 tmpfs {place}
            mkdir {place}/up {place}/work {place}/root
            mount -t overlay -o lowerdir={self._tree},upperdir={place}/up,workdir={place}/work overlay {place}/root
            chroot {place}/root sh -e
            export SYSTEMD_NSPAWN_TMPFS_TMP=0  # or /tmp would be no part of the disk
            while :; do  # nspawn itself can't start a machine again here
                systemd-nspawn -q -b -D {place}/root --register=no --keep-unit --network-bridge=br0 -M {name} \\
                    --resolv-conf=off --timezone=off --link-journal=no {binds} </dev/null || :
                test -e {place}.again || exit 0
                rm {place}.again
            done
        """
        log = self._folder / f"{name}.log"
        with (place / "prepare.sh").open("rb") as standard_input, log.open("wb") as out:
            process = subprocess.Popen(
                [*self._enter, "sh", "-ec", script], stdin=standard_input, stdout=out, stderr=out
            )
        self._processes.append(process)
        return Machine(name, address, f"{address} {kind} {public}\n", process, log)

    def place(self, name: str) -> Path:
        """Return where the disk of a machine lies: ``root``, and ``up`` for what was written to it."""
        return self._folder / name

    def remove(self, machine: Machine) -> None:
        """End a machine, and take its disk away."""
        machine.cut_power()
        place = self.place(machine.name)
        _run([*self._enter, "umount", "-l", str(place / "root"), str(place)])
        shutil.rmtree(place)
        with self._counting:
            self._free.append(machine.address)

    def wait(self) -> None:
        """Wait for all that was started; the world has ended."""
        for process in self._processes:
            process.wait(30)
        until = time.monotonic() + 60
        for path in (
            *Path("/sys/fs/cgroup").glob(f"{self._groups}-*"),
            *Path("/sys/fs/cgroup").glob(f"*/{self._groups}-*"),
        ):
            while path.exists() and time.monotonic() < until:  # the last processes may still be on their way out
                with suppress(OSError):
                    for folder, _, _ in os.walk(path, topdown=False):
                        os.rmdir(folder)
                time.sleep(0.05)


# Its processes are in groups of its own: what comes in goes there too.
_JOIN = """
while IFS=: read -r _ kind path; do
    case $kind in name=systemd) top=/sys/fs/cgroup/systemd;; "") top=/sys/fs/cgroup/unified;; *) continue;; esac
    test -d $top || top=/sys/fs/cgroup
    echo 0 > $top$path/cgroup.procs
done < /proc/$0/cgroup
exec "$@"
"""
_BEGIN = """
echo {name} > /etc/hostname
echo 127.0.0.1 localhost {name} > /etc/hosts
echo {id} > /etc/machine-id
umask 077
cat > /etc/ssh/ssh_host_ed25519_key <<'END'
{key}END
umask 022
echo {public} > /etc/ssh/ssh_host_ed25519_key.pub
echo HostKey /etc/ssh/ssh_host_ed25519_key > /etc/ssh/sshd_config.d/host_key.conf
"""


@contextmanager
def make_world(tree: Path, folder: Path, over: Path | None = None) -> Iterator[World]:
    """Make a world, and end it and all that lives in it.

    Args:
        tree: The tree that every machine's disk is laid over; it is not written to.
        folder: For logs and keys.
        over: A tree that is laid over that one first.
    """
    holder = subprocess.Popen([*_NAMESPACES, "sleep", "infinity"], stdin=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not (children := _children(holder.pid)) or _name(children[0]) != "sleep":
            assert time.monotonic() < until
            time.sleep(0.02)
        world = World(children[0], f"{over}:{tree}" if over else str(tree), folder)
        try:
            yield world
        finally:
            holder.kill()
            world.wait()
    finally:
        holder.kill()
        holder.wait(30)
