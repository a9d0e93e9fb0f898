"""How fast a fleet is audited, and what it costs the controller, against plain paramiko running ``true``.

All targets are one sshd on loopback, so that the endpoint's work takes the same cores: hosts a second say as much of it
as of the controller; controller CPU a host does not.

    .venv/bin/python bench/fleet.py [N …]
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/support"))
from rempart_testing import sshd

BIN = Path(sys.executable).parent
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


def measure(command: list[str], environment: dict[str, str]) -> tuple[float, float, int]:
    """Return wall seconds, CPU seconds of the command with its children, and its exit status."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1, 3}:
        raise SystemExit(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.returncode


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:]] or [10, 50, 200]
    with tempfile.TemporaryDirectory() as name, sshd.run_sshd(Path(name) / "sshd") as server:
        home = Path(name) / "home"
        (home / ".ssh").mkdir(parents=True)
        known = home / ".ssh/known_hosts"
        known.write_text(server.known)
        environment = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home)}
        environment.pop("SSH_AUTH_SOCK", None)
        inventory = Path(name) / "inventory.json"
        print(f"{'hosts':>6} {'program':>10} {'hosts/s':>8} {'CPU ms/host':>12} {'over 1 host':>12}")
        base = 0.0
        for number in (1, *numbers):
            common = {
                "ansible_host": "127.0.0.1",
                "ansible_port": server.port,
                "ansible_ssh_private_key_file": str(server.key),
                "rempart_role": "server",
            }
            hosts = {f"host{n:04}": {} for n in range(number)}
            inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}))
            inventory.chmod(0o600)
            out = str(Path(name) / "runs.jsonl")
            audit = [str(BIN / "rempart"), "audit", "-i", str(inventory), "--profile", "all", "--quiet", "--json", out]
            wall, cpu, _ = measure(audit, environment)
            if number == 1:
                base = cpu
            told = f"{(cpu - base) / max(1, number - 1) * 1000:12.1f}"
            print(f"{number:6} {'rempart':>10} {number / wall:8.1f} {cpu / number * 1000:12.1f} {told}", flush=True)
            plain = [sys.executable, "-c", PLAIN, str(server.port), str(server.key), str(number), str(known)]
            wall, cpu, _ = measure(plain, environment)
            print(f"{number:6} {'paramiko':>10} {number / wall:8.1f} {cpu / number * 1000:12.1f}", flush=True)


if __name__ == "__main__":
    main()
