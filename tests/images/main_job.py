"""The main job of images, on a real Debian: four formats of one system are judged, attested and verified.

    make image-job          needs root, debootstrap and a source of Debian packages; takes minutes

A system made by debootstrap gets a kernel, GPT, LVM and ext4, and becomes a compressed qcow2, an OCI archive, a VMDK
and a VHDX. With nine faults, an unprivileged user's `rempart audit` names these nine in each of them, and none besides;
without them all four pass, are attested and verify, by Rempart and by cosign. The GitLab job does the same over all
four where gitlab-ci-local is there: GITLAB_CI_LOCAL names it, else npx fetches it. It prints seconds and memory, and
fails where the bench's bounds are exceeded.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support")]

from rempart_testing.job_images import make_all  # noqa: E402
from rempart_testing.job_system import FAULTS, make_system, plant  # noqa: E402

REMPART = Path(sys.executable).parent / "rempart"
USER = 65534
"""Nobody: who audits the images has no rights at all."""
KINDS = ("qcow2", "oci", "vmdk", "vhdx")
TYPE = "https://in-toto.io/attestation/test-result/v0.1"
MOST_SECONDS, MOST_MEMORY = 1.0, 100
"""Of CPU, which a raw disk may take more than its tree; MiB."""
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER (linux/prctl.h): whoever loses its parent is this process's child."""
_missed: list[str] = []


class Used(NamedTuple):
    """What a command said and took.

    Attributes:
        status: Its exit status.
        seconds: Of CPU, with its children.
        memory: The most MiB that one of its processes had.
        text: What it printed.
    """

    status: int
    seconds: float
    memory: int
    text: str


def measure(*command: str | Path, home: Path, user: int = USER) -> Used:
    """Run a command as a user and say what it took."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home)}
    environment["COSIGN_MAX_ATTACHMENT_SIZE"] = "4GB"  # beyond 128 MiB it reads no file by itself
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            [str(one) for one in command],
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=home, env=environment,
            user=user, group=user, extra_groups=[],
        )  # fmt: skip
        seconds, memory = 0.0, 0
        for ended, status, usage in _wait_for_all():
            seconds += usage.ru_utime + usage.ru_stime
            memory = max(memory, usage.ru_maxrss >> 10)
            if ended == child.pid:
                child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    return Used(child.returncode, seconds, memory, text)


def _wait_for_all() -> Iterator[tuple[int, int, resource.struct_rusage]]:
    """Yield what each child took, those among them that their parent did not wait for: the caged reader is one."""
    while True:
        try:
            yield os.wait4(-1, 0)
        except ChildProcessError:
            return


def expect(said: str, *, good: bool) -> None:
    """Print a line, and remember where it is none of what has to be."""
    print(f"  {'ok  ' if good else 'MISS'} {said}", flush=True)
    if not good:
        _missed.append(said)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Print what is done, and the seconds that it took."""
    began = time.monotonic()
    print(name, flush=True)
    yield
    print(f"  {time.monotonic() - began:.0f} s", flush=True)


def failed_checks(run: Path) -> dict[str, str]:
    """Return the checks of a run document that neither passed nor do not apply, and their states."""
    document = json.loads(run.read_text(encoding="utf-8"))
    fine = ("pass", "not_applicable")
    return {one["check"]: one["state"] for one in document["results"] if one["state"] not in fine}


def audit(kind: str, image: Path, home: Path) -> Used:
    """Audit an image, with its attestation and reports beside it."""
    words = ("--attest", f"{kind}.dsse.json", "--attest-key", "ci.pem", "--json", f"{kind}.json", "--quiet")
    return measure(REMPART, "audit", "--image", image, *words, home=home)


def judge_planted(images: Mapping[str, Path], home: Path) -> None:
    """All four name the same nine faults, and nothing besides."""
    wanted = dict.fromkeys(sorted(FAULTS), "fail")
    for kind in KINDS:
        used = audit(kind, images[kind], home)
        found = failed_checks(home / f"{kind}.json") if used.status in {0, 1, 3} else {}
        same = found == wanted and used.status == 1
        more = "" if same else f": {_difference(found, wanted)} {used.text[-500:]}"
        expect(f"{kind}: nine faults, exit status {used.status}{_took(used)}{more}", good=same)
        verified = verify(kind, images[kind], home)
        expect(f"{kind}: attested as FAILED, exit status {verified.status}", good=verified.status == 1)


def judge_clean(images: Mapping[str, Path], tree: Path, home: Path) -> None:
    """All four pass, are attested, verify, and take no more than the bench allows."""
    words = ("audit", "--role", "image", "--quiet", "--json", "/dev/null", "--root", tree)
    base = min((measure(REMPART, *words, home=Path("/root"), user=0) for _ in range(2)), key=lambda one: one.seconds)
    expect(f"--root, as root: exit status {base.status}{_took(base)}", good=base.status == 0)
    for kind in ("raw", *KINDS):
        used = audit(kind, images[kind], home)
        found = failed_checks(home / f"{kind}.json") if used.status in {0, 1, 3} else {"?": used.text[-500:]}
        more = f": {found} {used.text[-500:]}" if found or used.status else ""
        expect(f"{kind}: passes, exit status {used.status}{_took(used)}{more}", good=used.status == 0 and not found)
        expect(f"{kind}: {used.memory} MiB, at most {MOST_MEMORY}", good=used.memory < MOST_MEMORY)
        if kind == "raw":
            plain = measure(REMPART, "audit", "--image", images[kind], "--quiet", home=home)  # nothing to be hashed
            above = plain.seconds - base.seconds
            expect(f"raw: {above:.2f} s of CPU above --root, at most {MOST_SECONDS}", good=above <= MOST_SECONDS)
        verified = verify(kind, images[kind], home)
        expect(f"{kind}: verifies, exit status {verified.status}", good=verified.status == 0)
        verified = cosign(kind, images[kind], home)
        expect(f"{kind}: cosign: {verified.text.strip()[-200:]}", good=verified.status == 0)


def verify(kind: str, image: Path, home: Path) -> Used:
    """Verify the attestation of an image, by the public key as a file."""
    if not (home / "ci.pub").exists():
        measure("openssl", "pkey", "-in", "ci.pem", "-pubout", "-out", "ci.pub", home=home)
    words = (f"{kind}.dsse.json", "--image", image, "--key", "ci.pub")
    return measure(REMPART, "verify-attestation", *words, home=home)


def cosign(kind: str, image: Path, home: Path) -> Used:
    """Let cosign verify the same."""
    words = ("--key", "ci.pub", "--signature", f"{kind}.dsse.json", "--insecure-ignore-tlog", "--type", TYPE)
    return measure("cosign", "verify-blob-attestation", *words, image, home=home)


def judge_in_gitlab(images: Mapping[str, Path], home: Path, *, clean: bool) -> None:
    """Run the component over all four, in one pipeline: each job's state and JUnit are as the audit's.

    Its own step installs Rempart by pip, from an index that has no such version yet: a python3 of the job's own, which
    links to this checkout instead, stands in for that one step.
    """
    program = _find_gitlab()
    if program is None:
        print("  NOT RUN: gitlab-ci-local is not there (GITLAB_CI_LOCAL=…/gitlab-ci-local, or npm's npx)", flush=True)
        return
    project = home / f"project-{'clean' if clean else 'planted'}"
    project.mkdir()
    shutil.copy(ROOT / "ci/gitlab/templates/image.yml", project / "image.yml")
    includes = []
    for kind in KINDS:
        os.link(images[kind], project / images[kind].name)
        inputs = {"image": images[kind].name, "job": f"rempart-{kind}"}
        includes.append({"local": "image.yml", "inputs": inputs})
    (project / ".gitlab-ci.yml").write_text(json.dumps({"include": includes}))
    (project / ".gitignore").write_text(".gitlab-ci-local\n")
    stand_in = home / "bin" / "python3"
    stand_in.parent.mkdir(exist_ok=True)
    stand_in.write_text(
        f'#!/bin/sh\nmkdir -p "$3/bin"\nln -sf /bin/true "$3/bin/pip"\nln -sf {REMPART} "$3/bin/rempart"\n'
    )
    stand_in.chmod(0o755)
    for path in (project, *project.rglob("*")):
        if not path.name.startswith(("disk.", "system.")):
            os.chown(path, USER, USER)
    run = ("export PATH=$HOME/bin:$PATH; git init -q; git add .gitlab-ci.yml image.yml .gitignore; "
           'exec "$@" --force-shell-executor --variable REMPART_ATTEST_KEY=$HOME/ci.pem')  # fmt: skip
    used = measure("sh", "-c", f"cd {project}; {run}", "sh", *program, home=home)
    expect(f"pipeline: exit status {used.status}{_took(used)}", good=(used.status == 0) == clean)
    wanted: set[str] = set() if clean else set(FAULTS)
    for kind in KINDS:
        (junit,) = [*project.glob(f".gitlab-ci-local/artifacts/rempart-{kind}/junit.xml")] or [None]
        found = _failures(junit) if junit is not None else {"no junit.xml among the artifacts"}
        expect(f"job of {kind}: {len(found)} faults", good=found == wanted)
        if found != wanted:
            print(f"    {sorted(found ^ wanted)}\n{used.text[-1500:]}")


def _failures(junit: Path) -> set[str]:
    cases = ET.parse(junit).iter("testcase")
    return {
        case.get("name", "").split()[0].rstrip(":")
        for case in cases
        if list(case.iter("failure")) + list(case.iter("error"))
    }


def _find_gitlab() -> list[str] | None:
    given = os.environ.get("GITLAB_CI_LOCAL")
    found = given if given and os.access(given, os.X_OK) else shutil.which("gitlab-ci-local")
    if found is not None:
        return [found]
    npx = shutil.which("npx")
    return [npx, "--yes", "gitlab-ci-local@4.58.0"] if npx is not None and not given else None


def _took(used: Used) -> str:
    return f", {used.seconds:.1f} s of CPU, {used.memory} MiB"


def _difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    return ", ".join(sorted(f"{key}: {found.get(key, 'pass')}" for key in found.keys() ^ wanted.keys())) or "the states"


def _can_run(home: Path) -> bool:
    try:
        return measure(REMPART, "--version", home=home).status == 0
    except PermissionError:
        return False


def main() -> int:
    """Do it all, and return 1 where anything is other than it has to be."""
    if os.geteuid() != 0:
        print("needs root: debootstrap, LVM and the owners of files; images are audited without", file=sys.stderr)
        return 2
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    folder = Path(tempfile.mkdtemp(prefix="rempart-image-job-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        if not _can_run(folder):
            python = os.path.realpath(sys.executable)
            print(
                f"user {USER} can't run {REMPART}, which {python} runs: all may have to enter its folders",
                file=sys.stderr,
            )
            return 2
        with stage("A Debian system with a kernel, in order"):
            tree = make_system()
        with stage("A copy with nine faults"):
            planted = plant(tree, folder / "tree-planted")
        for name, system in (("planted", planted), ("clean", tree)):
            home = folder / f"home-{name}"
            home.mkdir()
            os.chown(home, USER, USER)
            with stage(f"{name}: the images"):
                images = make_all(system, folder / name)
                sizes = ", ".join(f"{kind} {path.stat().st_size >> 20}" for kind, path in images.items())
                print(f"  MiB: {sizes}", flush=True)
            with stage(f"{name}: audits as user {USER}"):
                if name == "planted":
                    judge_planted(images, home)
                else:
                    judge_clean(images, tree, home)
            with stage(f"{name}: the GitLab job over all four"):
                judge_in_gitlab(images, home, clean=name == "clean")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(_missed)} of what had to be is not" if _missed else "All is as it has to be.")
    return 1 if _missed else 0


if __name__ == "__main__":
    sys.exit(main())
