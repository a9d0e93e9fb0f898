"""What an rpm system is asked, and the words of its configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rempart_agent.source.contract import Constraint, Query
from rempart_agent.tables.linux import rempart_rpm_repositories, rempart_updates
from rempart_agent.targets.root import RootTarget

Files = dict[str, str | bytes]
RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]

DATABASE = "/var/lib/rpm/rpmdb.sqlite"
REPOS = "/etc/yum.repos.d/system.repo"
JANUARY = 1_767_225_600  # 2026-01-01


def rows_of(target: Any, security: str = "", manager: str = "") -> list[dict[str, Any]]:
    """Return the updates that the table tells, all or those asked for."""
    asked = {"security": security, "manager": manager}
    constraints = tuple(Constraint(name, "=", (value,)) for name, value in asked.items() if value)
    return [dict(r) for r in rempart_updates.rows(target, Query(frozenset(), constraints))]


def brief_of(target: Any, security: str = "") -> list[tuple[str, str, int | None]]:
    """Return of each update the name, the candidate, and whether it is one of security."""
    return [(r["name"], r["candidate_version"], r.get("security")) for r in rows_of(target, security)]


def repositories_of(target: Any) -> dict[str, dict[str, Any]]:
    """Return what is told of the repositories, by id."""
    return {r["id"]: dict(r) for r in rempart_rpm_repositories.rows(target, Query())}


def repo_of(*ids: str, more: str = "") -> str:
    """Return the configuration of repositories, with more words in each."""
    return "".join(f"[{name}]\nname=The {name}\nbaseurl=https://x.org/{name}\n{more}\n" for name in ids)


SystemOf = Callable[..., RootTarget]
