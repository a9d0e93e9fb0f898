"""A folder of checks for the tests of the agent: three questions about ``/etc/passwd`` and one profile each way."""

from __future__ import annotations

from pathlib import Path

CHECK = """\
id: {id}
revision: 1
title: {{en: "{title}", fr: "{title}"}}
rationale: {{en: why, fr: pourquoi}}
severity: {severity}
roles: [workstation, server, image]
parameters:
  least: {{type: integer, default: 1, min: 0, max: 9, title: {{en: accounts, fr: comptes}}}}
platforms:
  linux:
    privilege: {privilege}
    query: |
      {query}
remediation:
  role: accounts
  disruption: manual
  manual: {{en: fix it, fr: réparez}}
controls:
  gdpr: ["32(1)(b)"]
"""
COUNT = (
    "SELECT 'accounts' AS item, count(*) AS observed, 'at least ' || :least AS expected, count(*) >= :least AS ok "
    "FROM users"
)
PROFILE = "title: {{en: {name}, fr: {name}}}\n{rule}\n"


def write_check(
    directory: Path,
    number: int,
    query: str = COUNT,
    *,
    severity: str = "high",
    privilege: str = "user",
    title: str = "t",
) -> Path:
    """Write one check and return its file."""
    id_ = f"TST-{number:02}"
    path = directory / "testing" / f"{id_.lower()}-one.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = CHECK.format(id=id_, title=title, severity=severity, privilege=privilege, query=query)
    path.write_text(text, encoding="utf-8")
    return path


def write_profiles(directory: Path) -> None:
    """Write the profiles that an audit looks for."""
    folder = directory / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    for role in ("workstation", "server", "image"):
        (folder / f"{role}.yaml").write_text(PROFILE.format(name=role, rule=f"roles: [{role}]"), encoding="utf-8")
    (folder / "all.yaml").write_text(PROFILE.format(name="all", rule="all: true"), encoding="utf-8")
