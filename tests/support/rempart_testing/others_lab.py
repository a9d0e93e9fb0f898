"""Other people at work on a machine while it is changed, how the machine stands, and who can get in."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rempart_testing.nspawn import Machine

PASSWORD = "kV4+strong-Zq7"
_PLACE = "/root/theirs"
_INTO = ("-m", "-u", "-i", "-n", "-p")

# `act WHAT SHOWS BACK`: what they do, by what it shows that it stands, and how they take it back themselves.
_WORK = """
set -u
mkdir -p {place}; cd {place}
export DEBIAN_FRONTEND=noninteractive
apt='apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120'
act() {{
    test ! -e stop || return 0
    if said=$(sh -ec "$1" 2>&1); then
        printf '%s\\n' "$2" >>shows; printf '%s\\n' "$3" >>back
    else
        printf '%s: %s\\n' "$1" "$said" >>failed
    fi
    sleep {rest}
}}
make_package() {{
    mkdir -p $1/DEBIAN $1/usr/share/$1; date > $1/usr/share/$1/made
    printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: they\\nDescription: theirs\\n' $1 \\
        > $1/DEBIAN/control
    test -z "${{2:-}}" || echo "Depends: $2" >> $1/DEBIAN/control
    dpkg-deb --root-owner-group --build $1 >/dev/null; rm -r $1
}}
"""
# A round of it; $i counts them.
_ROUND = r"""
i=0
until test -e stop; do
    i=$((i + 1))
    act "useradd -m -s /usr/sbin/nologin -K PASS_MAX_DAYS=300 worker$i" "id worker$i; test -d /home/worker$i" \
        "userdel -r worker$i 2>/dev/null"
    for file in {appended}; do
        act "echo '# theirs $i' >> $file" "grep -qx '# theirs $i' $file" "sed -i '/^# theirs $i\$/d' $file"
    done
    act "echo '# theirs $i' >> /etc/ssh/sshd_config; systemctl reload ssh" \
        "grep -qx '# theirs $i' /etc/ssh/sshd_config" "sed -i '/^# theirs $i\$/d' /etc/ssh/sshd_config"
    act "usermod -p '\$y\$j9T\$theirs$i' worker$i; chage -W $((i + 7)) worker$i" \
        "grep -q '^worker$i:.y.j9T.theirs$i:[0-9]*:0:300:$((i + 7)):' /etc/shadow" :
    act "groupadd crew$i; gpasswd -a clerk crew$i; gpasswd -a worker$i games" \
        "getent group crew$i | grep -qw clerk; getent group games | grep -qw worker$i" \
        "gpasswd -d worker$i games; groupdel crew$i"
    act "nft 'add table inet theirs$i; add set inet theirs$i s {{ type ipv4_addr; }}'
         nft add element inet theirs$i s '{{ 10.9.0.$i }}'" \
        "nft get element inet theirs$i s '{{ 10.9.0.$i }}'" "nft delete table inet theirs$i"
    act "echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAITheirs$i clerk@$i' >> /home/clerk/.ssh/authorized_keys" \
        "grep -q 'clerk@$i\$' /home/clerk/.ssh/authorized_keys" \
        "sed -i '/clerk@$i\$/d' /home/clerk/.ssh/authorized_keys"
    act "echo 'worker$i ALL=(root) /usr/bin/id' > /etc/sudoers.d/theirs$i; chmod 440 /etc/sudoers.d/theirs$i" \
        "sudo -l -U worker$i | grep -q /usr/bin/id" "rm /etc/sudoers.d/theirs$i"
    act "printf 'AcceptEnv T_$i\n' > /etc/ssh/sshd_config.d/95-theirs-$i.conf; systemctl reload ssh" \
        "sshd -T | grep -q T_$i" "rm /etc/ssh/sshd_config.d/95-theirs-$i.conf; systemctl reload ssh"
    act "printf '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' \
            > /etc/systemd/system/theirs$i.service; systemctl daemon-reload; systemctl enable -q --now theirs$i" \
        "systemctl is-active theirs$i; systemctl is-enabled theirs$i" \
        "systemctl disable -q --now theirs$i; rm /etc/systemd/system/theirs$i.service; systemctl daemon-reload"
    act "mkdir -p /etc/cron.d /etc/systemd/journald.conf.d; echo '0 3 * * * root true # $i' > /etc/cron.d/theirs$i
         echo '# theirs' > /etc/systemd/journald.conf.d/90-theirs$i.conf" \
        "grep -q '# $i' /etc/cron.d/theirs$i; test -e /etc/systemd/journald.conf.d/90-theirs$i.conf" \
        "rm /etc/cron.d/theirs$i /etc/systemd/journald.conf.d/90-theirs$i.conf; rmdir /etc/cron.d || :"
    if test $((i % 3)) = 1; then
        make_package theirs-$i
        act "$apt install ./theirs-$i.deb" \
            "dpkg-query -W -f '\${{db:Status-Abbrev}}' theirs-$i | grep -q ^ii; test -e /usr/share/theirs-$i/made" \
            "$apt purge theirs-$i"
        make_package gone-$i
        act "$apt install ./gone-$i.deb; $apt purge gone-$i" "! test -e /usr/share/gone-$i" :
    fi
    {more}
done
"""
STAYS = re.compile(r"var/lib/ucf/(hashfile|registry)[.]\d\Z|var/lib/ucf/cache/")  # its own old versions
"""What may stand otherwise after a rollback."""


class Others:
    """People who work on a machine of their own accord.

    Args:
        machine: The machine.
        appended: Files that they add a line to again and again.
        more: Further acts of each round, as a script that calls ``act``.
    """

    def __init__(self, machine: Machine, appended: Iterable[str], more: str = "") -> None:
        self.machine = machine
        self._script = _ROUND.format(appended=" ".join(appended), more=more)
        self._process: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        """Begin the rounds."""
        words = ["nsenter", "-t", str(self.machine.leader), *_INTO, "sh", "-c", _WORK.format(place=_PLACE, rest=3)]
        words[-1] += self._script
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, text=True)

    def once(self, script: str) -> None:
        """Do something once, by a script that calls ``act``."""
        self.machine.run(_WORK.format(place=_PLACE, rest=0) + script)

    def end(self) -> None:
        """End the rounds, after the act in hand."""
        assert self._process is not None
        assert self._process.poll() is None, "they have ended before"
        self.machine.run(f"touch {_PLACE}/stop")
        self._process.wait(150)

    @property
    def failed(self) -> str:
        """Return what they could not do, and why."""
        return self.machine.run(f"cat {_PLACE}/failed 2>/dev/null || :")

    @property
    def acts(self) -> int:
        """Return how many acts they have done."""
        return int(self.machine.run(f"cat {_PLACE}/shows | wc -l"))

    def missing(self) -> list[str]:
        """Return by what it shows, of each act, that it does not stand."""
        look = 'sh -ec "$one" </dev/null >/dev/null 2>&1 || printf \'%s\\n\' "$one"'
        return self.machine.run(f"while read -r one; do {look}; done < {_PLACE}/shows").splitlines()

    def take_back(self) -> None:
        """Have them take back all that they did, the last first."""
        self.machine.run(f"""
            export DEBIAN_FRONTEND=noninteractive
            tac {_PLACE}/back | while read -r one; do sh -c "$one" >/dev/null 2>&1 </dev/null || echo "$one" >&2; done
            rm -r {_PLACE}
        """)


# What programs write in their own time, what packages leave that are not purged, and records of ours and of Ansible.
_NOT_COMPARED = (
    *("var/lib/rempart", "var/lib/dpkg", "var/lib/apt", "var/cache", "var/lib/systemd", "var/backups", "var/log"),
    *("etc/ld.so.cache", "home/auditor/.ansible", "home/second/.ansible", "root/.ansible", "root/theirs", "run"),
    *("etc/passwd-", "etc/shadow-", "etc/group-", "etc/gshadow-", "etc/subuid-", "etc/subgid-", "etc/.pwd.lock"),
    *("etc/cracklib", "etc/logcheck", "tmp", "var/tmp", "home/second/.sudo_as_admin_successful"),
)
_LIVE = r"""
echo "rules"; nft list ruleset | sed -E 's/counter packets [0-9]+ bytes [0-9]+ ?//; s/ expires [0-9a-z]+//'
echo "sshd"; sshd -T
echo "units"; systemctl list-unit-files --no-legend --plain | awk '{print $1, $2}' | grep -v -e ^rempart -e ^session-
systemctl list-units --no-legend --plain --state=active --type=service,socket,timer,path | awk '{print $1}' \
    | grep -v -e ^rempart -e @
echo "settings"; sysctl -a 2>/dev/null | grep -E '^net[.]ipv[46][.](conf|ip_forward|icmp)'
echo "packages"; dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | grep ^ii
cut -d: -f1 /etc/passwd | while read -r one; do echo "rights $one"; sudo -l -U $one | sed 1,/may\ run/d; done
"""


def stand(machine: Machine) -> dict[str, str]:
    """Return how a machine stands: each file but for times, and what is in force."""
    found = {}
    for path, seen in machine.disk().items():
        kind, size, *rest = seen.split(" ")[:-1]
        if not path.startswith(_NOT_COMPARED):
            found[path] = " ".join([kind, "" if kind == "d" else size, *rest])
    sums = machine.run("find /etc /home /root /srv /usr/local -xdev -type f -print0 | xargs -0 sha256sum")
    for line in sums.splitlines():
        digest, path = line.split(maxsplit=1)
        if (name := path.removeprefix("/")) in found:
            found[name] += f" {digest}"
    found |= {f"= {line}": "" for line in machine.run(_LIVE).splitlines()}
    return found


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return what stands otherwise."""
    names = sorted(before.keys() | after.keys())
    pairs = {name: (before.get(name, "absent"), after.get(name, "absent")) for name in names}
    return {name: f"{old} → {new}" for name, (old, new) in pairs.items() if old != new}


class Ways:
    """The ways into a machine that is reached through some options of ssh.

    Args:
        inside: The words that run a program on the machine's network.
        options: The options, with the file of keys of hosts.
        address: The machine's address.
        key: The private key.
    """

    def __init__(self, inside: Sequence[str], options: Sequence[str], address: str, key: Path) -> None:
        self._inside, self._options, self._address, self._key = inside, options, address, key

    def open(self) -> set[str]:
        """Return the ways that are open: accounts by key, by password, and for files alone."""
        keyed = ("-i", str(self._key), "-o", "PasswordAuthentication=no", "-o", "KbdInteractiveAuthentication=no")
        found = {f"{name} by key" for name in ("auditor", "second", "root", "clerk") if self._try(name, keyed)}
        asked = ("-o", "PubkeyAuthentication=no")
        return (
            found
            | ({"clerk by password"} if self._try("clerk", asked) else set())
            | ({"courier for files"} if self._try("courier", asked, files=True) else set())
        )

    def _try(self, name: str, options: Sequence[str], *, files: bool = False) -> bool:
        with tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False) as asking:
            asking.write(f"#!/bin/sh\necho '{PASSWORD}'\n")
        os.chmod(asking.name, 0o700)
        given = ["-o", "ConnectTimeout=10", "-o", "NumberOfPasswordPrompts=1", *options, *self._options]
        target = f"{name}@{self._address}"
        command = ["sftp", *given, target] if files else ["ssh", *given, target, "echo in"]
        environment = os.environ | {"SSH_ASKPASS": asking.name, "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":"}
        environment.pop("SSH_AUTH_SOCK", None)
        done = subprocess.run(
            [*self._inside, *command],
            input="pwd\n",
            text=True,
            env=environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        os.unlink(asking.name)
        return "Remote working directory" in done.stdout if files else done.stdout == "in\n"
