"""known_hosts: which key a host must show. Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple


class Known(NamedTuple):
    """One line.

    Attributes:
        kind: The kind of key: ``ssh-ed25519``.
        key: The key, as it goes over the wire.
        revoked: Whether this key must never be taken.
        file: Where it stands.
    """

    kind: str
    key: bytes
    revoked: bool
    file: str


class KnownHosts:
    """Some files of known hosts, read once."""

    def __init__(self, files: Iterable[str]) -> None:
        """Read the files; one that is not there, or may not be read, knows nobody."""
        self._plain: dict[str, list[Known]] = {}
        self._hashed: list[tuple[bytes, bytes, Known]] = []
        self._patterns: list[tuple[list[str], Known]] = []
        self.files = tuple(files)
        for file in self.files:
            try:
                with open(file, encoding="utf-8", errors="replace") as lines:
                    for line in lines:
                        self._add(line, file)
            except OSError:
                continue

    def _add(self, line: str, file: str) -> None:
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            return
        marker = fields.pop(0) if fields[0].startswith("@") else ""
        if len(fields) < 3 or marker not in {"", "@revoked"}:
            return  # of @cert-authority no key is a host's own
        names, kind, text = fields[:3]
        try:
            known = Known(kind, base64.b64decode(text, validate=True), bool(marker), file)
        except (binascii.Error, ValueError):
            return
        if names.startswith("|1|"):
            try:
                salt, digest = (base64.b64decode(part, validate=True) for part in names[3:].split("|"))
            except (binascii.Error, ValueError):
                return
            self._hashed.append((salt, digest, known))
            return
        parts = names.lower().split(",")
        if any(sign in names for sign in "*?!"):
            self._patterns.append((parts, known))
        else:
            for name in parts:
                self._plain.setdefault(name, []).append(known)

    def find(self, name: str) -> list[Known]:
        """Return what is known of a host.

        Args:
            name: As ``name_of`` gives it.
        """
        name = name.lower()
        found = list(self._plain.get(name, ()))
        encoded = name.encode()
        found += [known for salt, digest, known in self._hashed if hmac.digest(salt, encoded, "sha1") == digest]
        found += [known for parts, known in self._patterns if _matches(parts, name)]
        return found


def _matches(patterns: Sequence[str], name: str) -> bool:
    """Tell whether a list of patterns names a host: one of them does, and none that begins with ``!``."""
    hit = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if fnmatchcase(name, pattern.lstrip("!").replace("[", "[[]")):
            if negated:
                return False
            hit = True
    return hit


def name_of(host: str, port: int) -> str:
    """Return how a host is called in the files: ``[host]:port`` unless the port is the usual one.

    Args:
        host: Its name or address.
        port: The port of its SSH server.
    """
    return host if port == 22 else f"[{host}]:{port}"
