"""The wheelhouse: all that an installed agent is made of, as wheels for one kind of endpoint, and pip itself.

A folder ``cp313-x86_64`` a kind, with ``requirements.txt``: each wheel by name, version and SHA-256, which is all that
is installed on an endpoint, without its asking anybody. An agent needs some of Rempart's dependencies only: neither
Ansible nor a store. Rempart's own wheel is built of what is installed here.

Sources: PEP 425 and PEP 600 (tags), pip's manual ("pip download", "Hash-checking Mode").
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from typing import NamedTuple

from rempart_core.error import UsageError, WheelhouseError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.text import clean
from rempart_core.version import VERSION

NEEDED = ("apsw", "cryptography", "osquery", "PyYAML", "rfc8785", "thrift")
"""The dependencies that an agent has, of all those that Rempart has."""

_ALONE = ("osquery",)  # what its metadata ask besides, its own client does not import
_GLIBC = (5, 28)  # manylinux_2_5 to manylinux_2_28: no system with Python 3.11 has an older C library than the last
_REQUIREMENTS = "requirements.txt"
_PATIENCE = 900
_OLDEST = (3, 11)


class Kind(NamedTuple):
    """A kind of endpoint: its Python (``3.13``), and what ``uname -m`` prints."""

    python: str
    machine: str

    @property
    def name(self) -> str:
        """Return the name of its folder."""
        return f"cp{self.python.replace('.', '')}-{self.machine}"


class Made(NamedTuple):
    """A folder of wheels: where, whether it was fetched now, and how many."""

    folder: str
    changed: bool
    files: int


def own_kind() -> Kind:
    """Return the kind that this machine is."""
    return Kind("{}.{}".format(*sys.version_info[:2]), os.uname().machine)


def build(directory: str, kind: Kind, source: str = "", *, fresh: bool = False) -> Made:
    """Fetch the wheels for a kind of endpoint, all or none.

    Args:
        directory: Where the folder goes.
        kind: The kind.
        source: Rempart itself, as pip takes it; ``""`` for what is installed here.
        fresh: Whether a folder that is whole is fetched anew.

    Raises:
        UsageError: No agent runs on that kind.
        WheelhouseError: pip could not fetch or build something.
    """
    if not re.fullmatch(r"3\.\d{1,2}", kind.python) or tuple(map(int, kind.python.split("."))) < _OLDEST:
        raise UsageError(Message("wheelhouse.python", python=kind.python))
    if not re.fullmatch(r"\w{1,40}", kind.machine):
        raise UsageError(Message("wheelhouse.machine", machine=kind.machine))
    folder = os.path.join(os.path.abspath(directory), kind.name)
    source = source or _installed()
    stamp = _stamp(source)
    found = _read_whole(folder, stamp)
    if found and not fresh:
        return Made(folder, False, found)
    try:
        os.makedirs(directory, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=f".{kind.name}-") as work:
            beside = os.path.join(work, "wheels")
            os.mkdir(beside, 0o755)
            _fetch(beside, kind, source, work)
            wheels = sorted(name for name in os.listdir(beside) if name.endswith(".whl"))
            lines = [f"# {stamp}\n", *(_require(beside, name) for name in wheels)]
            with open(os.path.join(beside, _REQUIREMENTS), "w", encoding="ascii") as file:
                file.writelines(lines)
            if os.path.isdir(folder):
                os.rename(folder, os.path.join(work, "old"))
            os.rename(beside, folder)
    except OSError as error:
        raise WheelhouseError(
            Message("file.failed", path=error.filename or directory, error=reason_of(error))
        ) from error
    return Made(folder, True, len(wheels))


def _stamp(source: str) -> str:
    """Return what tells whether a folder is of this very Rempart: of a folder of sources, when they changed last."""
    if not os.path.isdir(source):
        return f"Rempart {VERSION} from {source}"
    digest = hashlib.sha256()
    for top in ("pyproject.toml", "core", "agent", "reports", "controller", "checks", "playbooks"):
        for place, folders, names in os.walk(os.path.join(source, top)):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                status = os.stat(os.path.join(place, name))
                digest.update(f"{place}/{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"Rempart {VERSION} from {source} {digest.hexdigest()[:16]}"


def _read_whole(folder: str, stamp: str) -> int:
    """Return how many wheels a folder has where it is whole and of this Rempart; else 0."""
    try:
        with open(os.path.join(folder, _REQUIREMENTS), encoding="ascii") as file:
            lines = file.read().splitlines()
        names = [name for name in os.listdir(folder) if name.endswith(".whl")]
        here = {_require(folder, name).strip() for name in names}
    except (OSError, ValueError):
        return 0
    return len(names) if lines[:1] == [f"# {stamp}"] and set(lines[1:]) == here else 0


def _require(folder: str, name: str) -> str:
    """Return the line of requirements that names a wheel; PEP 427: its name holds name and version."""
    project, version = name.split("-")[:2]
    with open(os.path.join(folder, name), "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    mark = "# " if project == "pip" else ""  # which installs the others, and is not installed itself
    return f"{mark}{project}=={version} --hash=sha256:{digest}\n"


def _fetch(folder: str, kind: Kind, source: str, work: str) -> None:
    _pip("wheel", "--no-deps", "--wheel-dir", folder, source, cwd=work)
    if not any(name.startswith("rempart-") for name in os.listdir(folder)):
        raise WheelhouseError(Message("wheelhouse.no_rempart", source=source))
    wanted = [text for text in metadata.requires("rempart") or () if _is_needed(text)]
    alone = [text for text in wanted if _project(text) in _ALONE]
    rest = [text for text in wanted if _project(text) not in _ALONE]
    first, last = _GLIBC
    tags = [f"manylinux_2_{minor}_{kind.machine}" for minor in range(last, first - 1, -1)]
    tags += [f"manylinux{name}_{kind.machine}" for name in ("2014", "2010", "1")]
    target = [
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={kind.python}"),
        *(f"--abi={abi}" for abi in (f"cp{kind.python.replace('.', '')}", "abi3", "none")),
        *(f"--platform={tag}" for tag in tags),
        f"--dest={folder}",
    ]
    _pip("download", *target, *rest, "pip", cwd=work)
    _pip("download", "--no-deps", *target, *alone, cwd=work)


def _is_needed(requirement: str) -> bool:
    return "extra ==" not in requirement and _project(requirement) in {name.lower() for name in NEEDED}


def _project(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def _pip(*words: str, cwd: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=_PATIENCE, cwd=cwd,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WheelhouseError(Message("wheelhouse.pip", error=str(error))) from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines()]
        said = list(dict.fromkeys(line for line in lines if line.startswith("ERROR") or "No module named" in line))
        told = clean(" ".join(said or lines[-3:]))[:600]
        raise WheelhouseError(
            Message("wheelhouse.pip_said", command=words[0], said=told)
            if told
            else Message("wheelhouse.pip_status", command=words[0], status=done.returncode)
        )


def _installed() -> str:
    """Return where this Rempart was installed from, as pip takes it (PEP 610).

    Raises:
        WheelhouseError: It is not installed.
    """
    try:
        text = metadata.distribution("rempart").read_text("direct_url.json")
    except metadata.PackageNotFoundError as error:
        raise WheelhouseError(Message("wheelhouse.no_pip")) from error
    if not text:
        return f"rempart=={VERSION}"
    origin = json.loads(text)
    url = str(origin["url"])
    if "vcs_info" in origin:
        return f"rempart @ {origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
    if url.startswith("file://"):
        from urllib.parse import unquote, urlparse

        return unquote(urlparse(url).path)
    return f"rempart @ {url}"
