"""Secrets stand in the files that fixes edit; none comes into a plan, nor into what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rempart_testing.planted import COMMANDS, TEXTS, secret_of

from rempart_controller.remediation.ansible.shown_difference import describe, redact
from rempart_controller.remediation.ansible.why import read_why
from rempart_controller.remediation.pages.plan import show_plan
from rempart_controller.remediation.records.plan import FixPlan, PlannedFix, PlannedHost, Step, write_plan
from rempart_core.signing.key import load_key

FORMS = [*COMMANDS, *TEXTS]


def difference(form: str) -> list[dict[str, str]]:
    """Return how a fix may meet a secret: beside what it edits, in a line that it edits, in one that it takes out."""
    beside = f"{form}\nPermitRootLogin yes\n{form}\n"
    return [
        {"before": beside, "after": beside.replace("yes", "no"), "before_header": "/etc/app.conf"},
        {"before": f"{form}\n", "after": f"# Rempart: {form}\n", "before_header": "/etc/app.conf"},
        {"before": f"{form}\n", "after": "", "before_header": "/etc/app.conf"},
        {"prepared": f"--- a\n+++ a\n@@ -1,3 +1,3 @@\n {form}\n-a\n+b\n"},
    ]


def test_neither_the_plan_nor_its_page_holds_a_planted_secret(tmp_path: Path) -> None:
    steps = []
    for form in FORMS:
        lines = [line for found in difference(form) for line in describe(found, "/etc/app.conf")]
        assert any("PermitRootLogin no" in line for line in lines)
        why = read_why({"msg": f"refused: {form}", "msg_fr": f"refusé : {form}"})
        steps.append(Step("TST-01 | Edit", "changed", why.en, tuple(lines), why.fr))
    fix = PlannedFix("TST-01", "tst", ("a", "b"), "high", "none", "00", (), {}, tuple(steps))
    host = PlannedHost("web", "servers", "linux", "Debian", fixes=(fix,))
    plan = FixPlan("p-1", "2026-11-25T13:00:00Z", "ann@desk", (), "", hosts=(host,))
    path = tmp_path / "plan.json"
    write_plan(str(path), plan, load_key(str(tmp_path / "key.pem")))
    pages = ["\n".join(show_plan(plan, language)) for language in ("en", "fr")]
    for form in FORMS:
        for text in (path.read_text(), *pages, json.dumps([step.message for step in steps])):
            assert secret_of(form) not in text, form


@pytest.mark.parametrize(
    "rule",
    [
        "-w /etc/passwd -p wa -k identity",
        "# -w /etc/security/opasswd -p wa",
        "-a always,exit -F path=/usr/bin/passwd -F perm=x -F auid>=1000 -F auid!=unset -F key=priv-cmd",
        "-a always,exit -F arch=b64 -S openat,open -F dir=/etc/secrets -F perm=r -k secrets",
    ],
)
def test_a_rule_of_the_kernels_audit_is_shown_whole(rule: str) -> None:
    assert describe({"before": "", "after": f"{rule}\n"}, "/etc/audit/rules.d/x.rules", 0o640)[-1] == f"+{rule}"


@pytest.mark.parametrize("form", FORMS)
def test_a_rule_with_more_in_it_hides_what_it_hid(form: str) -> None:
    for line in (f"-w /etc/passwd -p wa -k identity {form}", f"-w /etc/passwd -p wa -k {form}", f"# {form}"):
        assert secret_of(form) not in redact(line)
    assert "hunter2" not in redact("-w /etc/passwd -p hunter2")
    assert "hunter2" not in redact("-a always,exit -F path=/etc/passwd -F password=hunter2")


@pytest.mark.parametrize(
    "name", ["/etc/shadow", "/home/ann/.ssh/id_ed25519", "/etc/ssl/private/web.key", "/etc/app/token"]
)
def test_of_a_file_of_secrets_only_the_number_of_lines_is_told(name: str) -> None:
    found = {"before": "a\nswordfish\nc\n", "after": "a\ncuttlefish\nc\n"}
    assert describe(found, name) == [f"--- {name}", f"+++ {name}", "\\ hidden 2"]


def test_of_a_file_that_not_everybody_may_read_only_a_new_one_is_shown() -> None:
    old, new = {"before": "swordfish\n", "after": "x no\n"}, {"before": "", "after": "PermitRootLogin no\n"}
    assert describe(old, "/etc/app.conf", 0o640) == [
        "--- /etc/app.conf",
        "+++ /etc/app.conf",
        "\\ hidden 2",
    ]
    assert "-swordfish" in describe(old, "/etc/app.conf", 0o644)
    assert "+PermitRootLogin no" in describe(new, "/etc/ssh/sshd_config.d/x.conf", 0o600)
