"""Which keys of root RMT-08 takes away: the first key of a line counts, whatever a comment or an option says."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest
from rempart_testing import yaml_text

TASKS = Path(__file__).resolve().parents[2] / "playbooks/roles/remote_access/tasks/linux/rmt-08.yml"
OURS, STRANGE = "AAAAC3Ours", "AAAAC3Strange"


def _find_strange(approved: list[str]) -> re.Pattern[str]:
    values = yaml_text.load_file(TASKS)[-1]["vars"]
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - no page
    environment.filters["regex_escape"] = re.escape
    # Ansible takes a backslash in {{ }} as one
    rendered = environment.from_string(values["remote_access_strange"].replace("\\", "\\\\")).render(
        rempart_values={"RMT-08": {"approved_root_keys": approved}}, remote_access_type=values["remote_access_type"]
    )
    return re.compile(rendered)


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        (f"ssh-ed25519 {OURS} a@b", False),
        (f'from="10.0.0.1" ssh-ed25519  {OURS}', False),
        (f"ssh-ed25519 {STRANGE} c@d", True),
        (f'from="10.0.0.1",no-pty ssh-rsa {STRANGE}', True),
        (f"sk-ssh-ed25519@openssh.com\t{STRANGE} c@d", True),
        (f"ecdsa-sha2-nistp256 {STRANGE} ssh-ed25519 {OURS}", True),  # what is approved stands in its comment
        (f"ssh-ed25519 {OURS}x", True),
        (f"# ssh-ed25519 {STRANGE}", False),
        (f"command=\"echo 'Please login as the user x';echo;sleep 10;exit 142\" ssh-rsa {STRANGE}", False),
        ("", False),
        ("no key at all", False),
    ],
)
def test_a_key_of_root_goes_where_nobody_approved_it(line: str, goes: bool) -> None:
    assert bool(_find_strange([OURS, "B+/="]).search(line)) is goes


def test_where_nothing_is_approved_all_keys_go() -> None:
    assert _find_strange([]).search(f"ssh-ed25519 {OURS}")
