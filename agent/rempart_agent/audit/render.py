"""Statements with the values of checks in place, and the columns that they read."""

from collections.abc import Mapping, Sequence

from rempart_core.model.parameter import fill, split
from rempart_core.model.selection import Selected


def columns_of(
    selection: Sequence[Selected], platform: str, uses: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, list[str]]:
    """Return the columns that a selection's statements read, by table.

    Args:
        selection: The checks.
        platform: Whose statements are meant: ``linux``, ``windows``, ``darwin``.
        uses: Statement to the tables that it names, and the columns that it reads of each.
    """
    found: dict[str, list[str]] = {}
    for selected in selection:
        block = selected.check.platforms.get(platform)
        for _, sql in block.statements() if block else ():
            for table, names in uses.get(sql, {}).items():
                found.setdefault(table, []).extend(names)
    return found


def render_all(
    selection: Sequence[Selected], platform: str, parts: Mapping[str, tuple[str, ...]] = {}
) -> list[dict[str, str]]:
    """Return each check's statements for a platform with its values in place, by name; for ``examine_all``.

    Args:
        selection: The checks, with the parameter values in force.
        platform: Whose statements are meant: ``linux``, ``windows``, ``darwin``.
        parts: Statements that ``parameter.split`` has taken apart already.
    """
    return [_render(selected, platform, parts) for selected in selection]


def _render(selected: Selected, platform: str, parts: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return a check's statements with its values in place, by name; none where a value is not valid."""
    block = selected.check.platforms.get(platform)
    values = selected.check.parameters, selected.parameters
    try:
        return {name: fill(parts.get(sql) or split(sql), *values) for name, sql in block.statements()} if block else {}
    except ValueError:
        return {}  # the check itself will say so
