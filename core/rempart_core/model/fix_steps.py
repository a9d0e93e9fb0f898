"""Which steps of a fix are for a host: those of its family of Linux or its platform, then those for any system.

A run knows its host's system by name (``NAME`` and ``VERSION`` of os-release), so the family goes by the name, as
``ID_LIKE`` of each of these systems has it (os-release(5)). A Linux whose name says nothing gets the steps for
``linux``; where a check has none, it gets those of all families, each under its name.
"""

from collections.abc import Iterable
from functools import lru_cache

from rempart_core.model.check import FAMILIES, Remediation, Step
from rempart_core.text import NOTHING, Text

_NAMES = {
    "debian": (
        "Debian", "Ubuntu", "Linux Mint", "LMDE", "Raspbian", "Kali", "Pop!_OS", "elementary", "Zorin", "Devuan",
        "KDE neon", "Kubuntu", "Xubuntu", "Lubuntu", "Univention", "Proxmox", "Parrot", "Deepin", "Tails", "MX",
    ),
    "rhel": (
        "Red Hat", "Rocky", "AlmaLinux", "CentOS", "Oracle", "Fedora", "Amazon Linux", "Scientific Linux", "EuroLinux",
        "CloudLinux", "Springdale", "Virtuozzo", "Miracle",
    ),
    "suse": ("SUSE", "openSUSE", "SLES", "SLED", "SL-Micro"),
}  # fmt: skip
"""Beginnings of the names of the systems of each family."""


def family_of(platform: str, system: str) -> str:
    """Return whose steps a host takes: a family of Linux, a platform, or ``""`` where no system was recognised.

    Args:
        platform: As in ``TargetIdentity``.
        system: As in ``TargetIdentity``: ``Debian GNU/Linux 13 (trixie)``.
    """
    if platform != "linux":
        return platform
    known = (family for family, names in _NAMES.items() if system.casefold().startswith(_folded(names)))
    return next(known, "linux")


@lru_cache(maxsize=8)
def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names)


@lru_cache(maxsize=1024)
def for_host(remediation: Remediation, platform: str, system: str) -> Remediation:
    """Return a check's remediation with the steps of one host alone, and with these as one text.

    Args:
        remediation: The check's.
        platform: As in ``TargetIdentity``; where it is ``""`` the steps of all systems stay.
        system: As in ``TargetIdentity``.
    """
    if not remediation.steps:
        return remediation
    steps = select_steps(remediation.steps, family_of(platform, system))
    return remediation._replace(steps=steps, manual=join_steps(steps))


def select_steps(
    steps: tuple[tuple[str, tuple[Step, ...]], ...], family: str
) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """Return the steps of a family or platform (of Linux else those for ``linux``), and those for any behind them.

    Args:
        steps: Of a remediation: for which systems, and what to do there.
        family: ``debian``, ``rhel``, ``suse``, a platform, or ``""`` where none is known, which keeps all.
    """
    there = dict(steps)
    common = there.get("any", ())
    own = family if family in there else "linux" if family in FAMILIES and "linux" in there else ""
    if own:
        return ((own, (*there[own], *common)),)
    if family == "linux":  # of no family that is known: what each of them does
        families = tuple((one, (*there[one], *common)) for one in FAMILIES if one in there)
        return families or ((("any", common),) if common else ())
    if family:
        return (("any", common),) if common else ()
    return steps


def join_steps(steps: tuple[tuple[str, tuple[Step, ...]], ...]) -> Text:
    """Return steps as one text, one a line, for readers who know of no steps."""
    if not steps:
        return NOTHING
    return Text(*("\n".join(_lines(steps, language)) for language in ("en", "fr")))


def _lines(steps: tuple[tuple[str, tuple[Step, ...]], ...], language: str) -> Iterable[str]:
    for system, own in steps:
        if len(steps) > 1:
            yield f"{SYSTEM_NAMES[system].get(language)}:"
        for step in own:
            if not step.command:
                yield step.text.get(language)
            else:
                yield step.command if "\n" in step.command else f"`{step.command}`"


SYSTEM_NAMES = {
    "debian": Text("Debian, Ubuntu", "Debian, Ubuntu"),
    "rhel": Text("RHEL, Fedora", "RHEL, Fedora"),
    "suse": Text("SUSE", "SUSE"),
    "linux": Text("Linux", "Linux"),
    "darwin": Text("macOS", "macOS"),
    "windows": Text("Windows", "Windows"),
    "any": Text("Any system", "Tout système"),
}
"""What a reader calls the keys of ``steps``."""


@lru_cache(maxsize=1024)
def names_for(
    statements: tuple[str, ...],
    sentences: tuple[tuple[str, tuple[str, str]], ...] = (),
    parts: tuple[tuple[str, ...] | None, ...] = (),
) -> frozenset[str]:
    """Return the parameters that statements of one platform use: those of other systems are not shown.

    Args:
        statements: The statements.
        sentences: Id to sentence in both languages; of those that a statement names, the parameters count too.
        parts: Each statement as ``parameter.split`` took it apart, None where it has not been: to do so once more is a
            fifth of what a whole audit costs its parent process.
    """
    from rempart_core.model.sentence import list_places
    from rempart_core.model.sql_parameter import find_names

    apart = parts or (None,) * len(statements)
    names = {
        name
        for sql, known in zip(statements, apart, strict=True)
        for name in (find_names(sql) if known is None else known[1::2])
    }
    for id_, told in sentences:
        if any("{:" in one for one in told) and any(id_ in sql for sql in statements):
            names.update(place.name for one in told for place in list_places(one) if place.parameter)
    return frozenset(names)
