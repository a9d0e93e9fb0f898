"""Ways into a machine of the lab, tried from outside, or by another account on it."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rempart_testing.nspawn import Machine, World

PASSWORD = "Horse-battery-9"
"""What the cases' accounts have for a password, as this hash of crypt(5)."""
HASH = "$6$saltsaltsalt$.3JE.q/wxYVzhjvL/voem.vYweoGYrtSynUSNleLvKQaX4oAJpcp7aDU3KFadFt1jtAliE9ou2aE6C0A0Ut/y1"
_UNREADY = 99  # what a script ends with that could not make its trial
_AT_A_TIME = 6
_OUTSIDE = Path(__file__).with_name("outside.py")
_SCREEN = Path(__file__).with_name("screen.py")

# What the scripts of the cases are written with. Each comes from an address of its own: an sshd since OpenSSH 9.8 turns
# those away for a while that failed to log in.
_WORDS = r"""
must() { "$@" || exit 99; }  # without it there is no trial
root() { nsenter -t "$LEADER" -m -u -i -n -p "$@"; }  # a program on the machine, as root
account() {  # … as another account
    one=$1; shift
    root setpriv --reuid "$one" --regid "$(root id -g "$one")" --init-groups "$@"
}
apart() {  # a script on the machine, by root, for which /etc, and what else is named, are copies
    root unshare -m sh -euc '
        script=$1; shift
        for path in /etc "$@"; do
            copy=$(mktemp -d /run/lab.XXXXXX)
            mount -t tmpfs tmpfs "$copy"
            cp -a "$path/." "$copy"
            mount --bind "$copy" "$path"
        done
        eval "$script"
    ' sh "$@"
}
at_screen() { root python3 -I - < "$SCREEN"; }  # see screen.py
outside() { python3 -W ignore "$OUTSIDE" "$@"; }  # see outside.py
log_in() {  # with options of ssh, and a key
    timeout 60 ssh -F none -b "$FROM" -i "$KEY" -o IdentitiesOnly=yes -o ConnectTimeout=20 -o BatchMode="${BATCH-yes}" \
        -o UserKnownHostsFile="$KNOWN" -o StrictHostKeyChecking=yes "$@"
}
password() {  # … with the password
    (
        export SSH_ASKPASS="$HOME/askpass" SSH_ASKPASS_REQUIRE=force
        BATCH=no
        log_in -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 "$@"
    )
}
port() {  # a port is reached over IPv4 or IPv6, where something listens
    HOST6=$(nsenter -t "$LEADER" -n ip -6 -o addr show dev host0 scope link | sed 's,.*inet6 \([^/]*\)/.*,\1%br0,')
    export HOST6
    outside served "$2" "$1"
}
through() {  # the machine passes on what is not for it, to a network behind it
    net="10.99.${HOST##*.}"
    of="nsenter -t $LEADER -n"
    must $of ip link add lab9 type veth peer name lab8
    $of unshare -n sleep 60 & behind=$!
    until ip_of=$(readlink "/proc/$behind/ns/net") && test "$ip_of" != "$(readlink "/proc/$LEADER/ns/net")" &&
        test "$ip_of" != "$(readlink /proc/self/ns/net)"; do
        sleep 0.1
    done
    must $of ip link set lab8 netns "$behind"
    must $of ip addr add "$net.1/24" dev lab9
    must $of ip link set lab9 up
    must nsenter -t "$behind" -n ip addr add "$net.2/24" dev lab8
    must nsenter -t "$behind" -n ip link set lab8 up
    must nsenter -t "$behind" -n ip route add default via "$net.1"
    must ip route add "$net.0/24" via "$HOST"
    answer=0
    outside refused "$net.2" 9 || answer=1
    ip route del "$net.0/24"
    $of ip link del lab9
    kill "$behind"
    return $answer
}
"""


class Ways:
    """The ways into a machine that the fixes of a batch close.

    Args:
        world: The network that the machine is on.
        machine: The machine.
        home: The controller's: its key lies beside it.
        scripts: By check, by name: a script of sh that ends with 0 where that way is open.

    Attributes:
        told: By check and name what the last trial of a way printed, for whoever looks for why it is open.
    """

    def __init__(self, world: World, machine: Machine, home: Path, scripts: Mapping[str, Mapping[str, str]]) -> None:
        self._world, self._machine, self._home = world, machine, home
        self._scripts = {(check, name): text for check, some in scripts.items() for name, text in some.items()}
        self.told: dict[tuple[str, str], str] = {}
        askpass = home / "askpass"
        askpass.write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
        askpass.chmod(0o700)

    def try_all(self, patience: int = 90) -> dict[str, dict[str, str]]:
        """Try them, a few at a time.

        Args:
            patience: Seconds after which a way that ends by itself counts as open: more than enough where it should be
                shut, for a busy machine logs in slowly; few where it should be open, for all of them are waited out.

        Returns:
            By check and name ``open``, or what was said where it is shut.
        """
        found: dict[str, dict[str, str]] = {}
        with ThreadPoolExecutor(_AT_A_TIME) as threads:
            answers = threads.map(lambda way: self._try(way, patience), self._scripts)
            for (check, name), answer in zip(self._scripts, answers, strict=False):
                found.setdefault(check, {})[name] = answer
        return found

    def _try(self, way: tuple[str, str], patience: int) -> str:
        script = self._scripts[way]
        place = {
            "FROM": self._world.stand_elsewhere(),
            "HOST": self._machine.address,
            "HOME": str(self._home),
            "KEY": str(self._home.parent / "key"),
            "KNOWN": str(self._home / ".ssh/known_hosts"),
            "LEADER": str(self._machine.leader),
            "OUTSIDE": str(_OUTSIDE),
            "PASSWORD": PASSWORD,
            "PATIENCE": str(patience),
            "SCREEN": str(_SCREEN),
        }
        kept = {name: value for name, value in os.environ.items() if name not in {"SSH_AUTH_SOCK", "DISPLAY"}}
        command = [*self._world.inside, "sh", "-euc", _WORDS + script]
        try:
            done = subprocess.run(
                command,
                env=kept | place,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=2 * patience + 60,  # one that ends by itself is tried twice
            )
        finally:
            self._world.stand_there_no_more(place["FROM"])
        self.told[way] = f"{done.stdout[-3000:]}{done.stderr[-1000:]}"
        said = f"{done.returncode}: {done.stdout[-300:]}{done.stderr[-500:]}"
        assert done.returncode != _UNREADY, f"{script}: {said}"
        return "open" if done.returncode == 0 else said


def make_certificate() -> str:
    """Return a key and a certificate for a server of the lab, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    made = made.not_valid_after(now + dt.timedelta(days=30))
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    parts = (
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain),
        made.sign(key, hashes.SHA256()).public_bytes(pem),
    )
    return b"".join(parts).decode()
