"""How fast a fleet is audited, and what it costs the controller: time, CPU and memory.

Against plain paramiko that runs ``true``, and against Ansible with 42 tasks that read what our checks read
(``fleet.yml``). All targets are names of one sshd on loopback, so that the endpoint's work takes the same cores:
hosts a second say as much of it as of the controller. With ``--replay`` the endpoints answer as eight real ones did
before, at next to no cost: what is left is the controller, and sshd.

    .venv/bin/python bench/fleet.py [--replay] [--ansible] [--parallel N] [N …]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/support"))
from rempart_testing import sshd

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
RECORDED = 8
PLAIN = """
import sys
from concurrent.futures import ThreadPoolExecutor
import paramiko
port, key, number = int(sys.argv[1]), paramiko.Ed25519Key(filename=sys.argv[2]), int(sys.argv[3])
def ask(_):
    client = paramiko.SSHClient()
    client.load_host_keys(sys.argv[4])
    client.connect("127.0.0.1", port, pkey=key, allow_agent=False, look_for_keys=False)
    client.exec_command("true")[1].channel.recv_exit_status()
    client.close()
with ThreadPoolExecutor(8) as pool:
    list(pool.map(ask, range(number)))
"""


class Cost(NamedTuple):
    """What a command took.

    Attributes:
        wall: Seconds.
        cpu: CPU seconds with all its children.
        memory: MiB at the peak, shared pages once.
        parent: CPU seconds of the process itself, without its children.
    """

    wall: float
    cpu: float
    memory: float
    parent: float = 0.0


def measure(command: list[str], environment: dict[str, str], *, fine: tuple[int, ...] = (0, 1, 3)) -> Cost:
    """Run a command, and return what it took."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        peak, own = [0.0], [0.0]
        ended = threading.Event()
        watching = threading.Thread(target=_watch, args=(process.pid, peak, ended))
        watching.start()
        looking = threading.Thread(target=_look, args=(process.pid, own, ended))
        looking.start()
        _, status, usage = os.wait4(process.pid, 0)  # of the process and of all that it has waited for
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watching.join()
        looking.join()
        if process.returncode not in fine:
            said.seek(0)
            raise SystemExit(said.read().decode())
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak[0], own[0])


def _look(pid: int, own: list[float], ended: threading.Event) -> None:
    """Note the CPU seconds of a process itself, until it ends: at most a fiftieth of a second is missed."""
    while not ended.wait(0.02):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return
        own[0] = max(own[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))


def _watch(root: int, peak: list[float], ended: threading.Event) -> None:
    """Note how much a process and its descendants take at the same time."""
    while not ended.wait(1.0):
        todo, total = [root], 0
        while todo:
            pid = todo.pop()
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                for task in Path(f"/proc/{pid}/task").iterdir():
                    todo += map(int, (task / "children").read_text().split())
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        peak[0] = max(peak[0], total / 1024)


class Bench:
    """One sshd, and a home to audit it from."""

    program = (str(BIN / "rempart"),)
    reports: tuple[str, ...] = ()

    def __init__(self, folder: Path, server: sshd.Sshd, parallel: int) -> None:
        self.folder = folder
        self.server = server
        self.parallel = parallel
        home = folder / "home"
        (home / ".ssh").mkdir(parents=True, exist_ok=True)
        self.known = home / ".ssh/known_hosts"
        with self.known.open("a") as file:
            file.write(server.known)
        self.environment = os.environ | {
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home),
            "ANSIBLE_HOST_KEY_CHECKING": "0",
            "ANSIBLE_PIPELINING": "1",
        }
        self.environment.pop("SSH_AUTH_SOCK", None)

    def inventory(self, number: int) -> str:
        """Write an inventory of so many names, and return its path."""
        common = {
            "ansible_host": "127.0.0.1",
            "ansible_port": self.server.port,
            "ansible_ssh_private_key_file": str(self.server.key),
            "ansible_python_interpreter": "/usr/bin/python3",
            "rempart_role": "server",
        }
        path = self.folder / "inventory.json"
        hosts: dict[str, dict[str, str]] = {f"host{n:04}": {} for n in range(number)}
        path.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}))
        path.chmod(0o600)
        return str(path)

    def rempart(self, number: int) -> Cost:
        """Audit so many hosts with all checks, into the reports that were asked for."""
        out = str(self.folder / "runs.jsonl")
        words = ["audit", "-i", self.inventory(number), "--profile", "all", "--quiet", "--json", out]
        for name in self.reports:
            words += [f"--{name}", str(self.folder / f"report-{name}")]
        cost = measure([*self.program, *words, "--parallel", str(self.parallel)], self.environment)
        with open(out, encoding="utf-8") as file:
            silent = sum('"silent"' in line for line in file)
        if silent:
            print(f"{silent} hosts did not answer", file=sys.stderr)
        return cost

    def paramiko(self, number: int) -> Cost:
        """Run ``true`` on so many hosts."""
        words = [str(self.server.port), str(self.server.key), str(number), str(self.known)]
        return measure([sys.executable, "-c", PLAIN, *words], self.environment)

    def ansible(self, number: int) -> Cost:
        """Run the playbook on so many hosts."""
        words = ["-i", self.inventory(number), "--forks", "25", str(HERE / "fleet.yml")]
        return measure([str(BIN / "ansible-playbook"), *words], self.environment, fine=(0, 2))


@contextmanager
def endpoints(folder: Path, replay: bool) -> Iterator[sshd.Sshd]:
    """Run an sshd whose endpoints are real ones, or answer as real ones did."""
    bare = f"SetEnv HOME={folder}"  # or bash reads this user's own settings first, which no server has
    if not replay:
        with sshd.run_sshd(folder / "sshd", bare) as server:
            yield server
        return
    kept = folder / "kept"
    kept.mkdir()
    command = f"ForceCommand {sys.executable} -I -S {HERE}/replay.py"
    with sshd.run_sshd(folder / "recording", f"{command} record {kept}", bare) as server:
        Bench(folder, server, 2).rempart(RECORDED)
    if sum(1 for one in kept.iterdir() if one.suffix == ".kept") != RECORDED:
        raise SystemExit("what the endpoints answered was not recorded")
    with sshd.run_sshd(folder / "sshd", f"{command} answer {kept}", bare) as server:
        yield server


def tell(number: int, name: str, cost: Cost, base: float = 0.0) -> None:
    over = f"{(cost.cpu - base) / (number - 1) * 1000:12.1f}" if base and number > 1 else " " * 12
    each = cost.cpu / number * 1000
    print(f"{number:6} {name:>10} {number / cost.wall:8.2f} {each:12.1f} {over} {cost.memory:8.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the audit of a fleet costs.")
    parser.add_argument("--replay", action="store_true", help="endpoints that cost next to nothing")
    parser.add_argument("--ansible", action="store_true", help="Ansible too, at 10 hosts at most")
    parser.add_argument("--parallel", type=int, default=25, help="hosts at a time")
    parser.add_argument("numbers", metavar="N", type=int, nargs="*", default=[10, 50, 200])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, endpoints(Path(name), options.replay) as server:
        bench = Bench(Path(name), server, options.parallel)
        print(f"{'hosts':>6} {'program':>10} {'hosts/s':>8} {'CPU ms/host':>12} {'over 1 host':>12} {'MiB':>8}")
        base = 0.0
        for number in (1, *options.numbers):
            cost = bench.rempart(number)
            base = base or cost.cpu
            tell(number, "rempart", cost, base)
            if not options.replay:
                tell(number, "paramiko", bench.paramiko(number))
            if options.ansible and 1 < number <= 10:
                tell(number, "ansible", bench.ansible(number))


if __name__ == "__main__":
    main()
