"""What the model believes of modules, asked of the modules themselves; and whole stacks, run by pamtester."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from rempart_testing.models import missing

from models.pam import oracle
from rempart_agent.models.pam import facts, handlers, syntax
from rempart_agent.models.pam.outcome import Evaluator

from . import trial

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(bool(missing(trial.TRIAL)), reason=missing(trial.TRIAL)),
    pytest.mark.skipif(not oracle.debug_modules(), reason="needs pam_debug.so"),
]

# Modules that ask nobody anything, and leave the machine as it is.
LINES = (
    "pam_permit.so",
    "pam_deny.so",
    "pam_warn.so",
    "pam_env.so",
    "pam_faildelay.so delay=0",
    "pam_group.so",
    "pam_keyinit.so",
    "pam_localuser.so",
    "pam_nologin.so",
    "pam_nologin.so successok",
    "pam_rootok.so",
    "pam_shells.so",
    "pam_selinux.so",
    "pam_succeed_if.so quiet uid eq 0",
    "pam_succeed_if.so quiet uid ne 0",
    "pam_succeed_if.so quiet user ingroup nosuchgroup",
    "pam_usertype.so issystem",
    "pam_wheel.so group=nosuchgroup",
    "pam_wheel.so trust group=root",
    "pam_wheel.so trust use_uid group=root",
    "pam_wheel.so trust use_uid group=nosuchgroup",
    "pam_wheel.so trust use_uid deny group=root",
    "pam_wheel.so trust use_uid deny group=nosuchgroup",
    "pam_wheel.so trust use_uid deny group=daemon",
    "pam_wheel.so trust use_uid root_only group=root",
    "pam_wheel.so use_uid group=root",
    "pam_limits.so",
    "pam_umask.so",
    "pam_faillock.so preauth nodelay dir=/nowhere",
)


@pytest.fixture(scope="module")
def libpam() -> Iterator[oracle.Libpam]:
    with oracle.start() as found:
        yield found


def _succeeds(libpam: oracle.Libpam, text: str) -> bool:
    files = {"/etc/pam.d/svc": text, "/etc/pam.d/other": "auth required pam_deny.so\n"}
    said = libpam.answer({"service": "svc", "user": "root", "files": files, "modules": {}})
    assert said
    return bool(said["auth"][0]["success"])


@pytest.mark.parametrize("line", LINES)
def test_a_module_returns_what_the_model_believes(libpam: oracle.Libpam, line: str) -> None:
    """The codes that are believed jump over the line that denies, any other does not."""
    module, *arguments = line.split()
    known = facts.outcomes("auth", module, tuple(arguments), facts.World())
    assert known is not None
    codes = sorted({syntax.CODES[outcome.code] for outcome in known})
    jumps = " ".join(f"{code}=1" for code in codes)
    end = "auth requisite pam_deny.so\nauth required pam_permit.so\n"
    assert _succeeds(libpam, f"auth [{jumps} default=ignore] {line}\n{end}")
    stays = " ".join(f"{code}=ignore" for code in codes)
    assert not _succeeds(libpam, f"auth [{stays} default=1] {line}\n{end}")


STACKS: dict[str, Any] = {
    "auth required pam_permit.so\n": True,
    "auth required pam_deny.so\n": False,
    "auth sufficient pam_deny.so\nauth required pam_permit.so\n": True,
    "auth [default=ignore] pam_deny.so\nauth required pam_permit.so\n": True,
    "auth requisite pam_deny.so\nauth required pam_permit.so\n": False,
    "auth include gone\nauth required pam_permit.so\n": False,
    "@include gone\nauth required pam_permit.so\n": False,
    "auth substack open\nauth optional pam_deny.so\n": True,
    "auth [success=0] pam_permit.so\n": False,
    "-auth required pam_gone.so\nauth required pam_permit.so\n": False,
}


@pytest.mark.skipif(not shutil.which("pamtester"), reason="needs pamtester")
@pytest.mark.parametrize("text", STACKS)
def test_pamtester_gets_in_where_the_model_says_so(text: str) -> None:
    script = (
        'mount -t tmpfs none /etc/pam.d && printf %s "$1" > /etc/pam.d/svc && '
        "echo 'auth required pam_permit.so' > /etc/pam.d/open && exec pamtester svc root authenticate < /dev/null"
    )
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", text]
    entered = subprocess.run(command, capture_output=True, check=False).returncode == 0
    files = {"/etc/pam.d/svc": text, "/etc/pam.d/open": "auth required pam_permit.so\n"}

    def read(path: str) -> syntax.File | None:
        return syntax.read(files[path]) if path in files else None

    there = facts.World(present=lambda module: module != "pam_gone.so")
    answers = {a.question: a.answer for a in Evaluator((read,), (handlers.DEBIAN,), there).answers("svc")}
    assert entered is STACKS[text]
    assert answers["enters_unasked"] == int(entered)
