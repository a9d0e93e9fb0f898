"""Policies are found in both shapes of Fleet's files, and nothing is read outside the folder.

The keys are those of ``Policy`` and ``GitOpsPolicySpec`` in Fleet's ``pkg/spec/gitops.go``, the includes those of
``expandBaseItems`` there, the documents those of ``ee/cis/*/cis-policy-queries.yml``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_controller.imports.fleet_files import FoundPolicies, find_policies
from rempart_core.error import UsageError


def find(root: Path, files: dict[str, str]) -> FoundPolicies:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return find_policies(str(root))


def why(found: FoundPolicies) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, str(one.why)) for one in found.left_out]


ONE = "- name: {name}\n  query: SELECT 1 FROM users;\n"


def test_documents_of_fleetctl(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        {
            "all.yml": """\
---
apiVersion: v1
kind: policy
spec:
  name: Gatekeeper is on
  platforms: macOS
  platform: darwin, Windows
  critical: true
  description: |
    Two
    lines.
  resolution: Turn it on.
  query: |
    SELECT 1 FROM gatekeeper;
---
apiVersion: v1
kind: report
spec:
  name: not a policy
  query: SELECT 1 FROM users;
"""
        },
    )
    (policy,) = found.policies
    assert policy.name == "Gatekeeper is on"
    assert policy.platforms == ("darwin", "windows")
    assert policy.critical
    assert policy.description == "Two\nlines."
    assert (policy.file, policy.line) == ("all.yml", 5)
    assert not found.left_out


def test_teams_hold_policies_and_name_files_with_more(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        {
            "fleets/pc.yml": """\
policies:
  - name: own
    query: SELECT 1 FROM users;
  - path: ../lib/one.yml
  - paths: ../lib/more/**/*.yml
""",
            "fleets/other.yml": "policies:\n  - path: ../lib/one.yml\n",
            "lib/one.yml": ONE.format(name="one"),
            "lib/more/deep/two.yml": ONE.format(name="two"),
            "lib/reports/three.yml": ONE.format(name="a report that nobody names"),
            "lib/linux/policies/four.yml": ONE.format(name="four"),
        },
    )
    assert [one.name for one in found.policies] == ["own", "four", "two", "one"]
    assert not found.left_out


@pytest.mark.parametrize("path", ["../../outside.yml", "/etc/hostname", "../lib/link.yml", "../lib/nothing.yml"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.yml").write_text(ONE.format(name="secret"), encoding="utf-8")
    root = tmp_path / "root"
    (root / "lib").mkdir(parents=True)
    (root / "lib/link.yml").symlink_to(tmp_path / "outside.yml")
    found = find(root, {"fleets/pc.yml": f"policies:\n  - path: {path}\n"})
    assert found.policies == []
    assert ("fleets/pc.yml", 2) in [(one.file, one.line) for one in found.left_out]


def test_what_is_no_policy_is_listed_with_its_place(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        {
            "pc.yml": """\
policies:
  - query: SELECT 1 FROM users
  - name: no query
  - name: patch
    type: patch
    fleet_maintained_app_slug: x/darwin
  - name: variable
    query: SELECT 1 FROM users WHERE username = '${ADMIN}'
  - name: twice
    query: SELECT 1 FROM users
    query: SELECT 2 FROM users
  - only words
""",
            "broken.yml": "policies: [\n",
            "deep.yml": "policies: " + "[" * 5000,
        },
    )
    assert found.policies == []
    told = {(file, line): text for file, line, text in why(found)}
    assert told["pc.yml", 2] == "the policy has no name"
    assert told["pc.yml", 3] == "the policy has no query"
    assert "patch policy" in told["pc.yml", 4]
    assert told["pc.yml", 7] == "the statement needs the value of the environment variable ADMIN"
    assert told["pc.yml", 9] == "the key query stands twice"
    assert told["pc.yml", 12].startswith("this is no policy")
    assert {file for file, _ in told} == {"pc.yml", "broken.yml", "deep.yml"}


def test_names_harm_no_terminal(tmp_path: Path) -> None:
    found = find(tmp_path, {"pc.yml": 'policies:\n  - name: "a\\e[31m\\nb"\n    query: SELECT 1 FROM users\n'})
    assert found.policies[0].name == "a�[31m b"


def test_a_folder_that_is_not_there_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        find_policies(str(tmp_path / "nowhere"))
