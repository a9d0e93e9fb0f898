"""The ``supports-…`` profiles, as ``make profiles`` writes them: the checks that answer a benchmark, with its values.

Each selects the checks that answer a rule of its benchmark (of both systems, where there are two) and none else. Values
come from :mod:`rempart_testing.foreign_values` and, for all that the rules say, from ``when`` of the answers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from rempart_agent.quality.lint import file_of
from rempart_core.content.answer_file import find_answers
from rempart_core.model.answer import Answer
from rempart_core.model.check import Check
from rempart_core.model.parameter import Parameter, Value
from rempart_testing.foreign_values import GIVEN
from rempart_testing.own_checks import FOLDER, own_checks

RULES = Path(__file__).parents[2] / "docs/ssg_profiles.txt"
PROFILES = Path(FOLDER) / "profiles"
SYSTEMS = {"debian12": "Debian GNU/Linux 12", "rhel9": "Red Hat Enterprise Linux 9"}
"""How os-release begins ``PRETTY_NAME`` there; ``(bookworm)`` follows, or ``.4 (Plow)``."""
_WIDTH = 112
_WHOLE = {("LOG-07", "files")}  # patterns of which one decides each file: without the widest, files would be undecided


class Foreign(NamedTuple):
    """One of these profiles.

    Attributes:
        peers: The profiles of the benchmark in the SCAP Security Guide, whose rules count.
        en: What the benchmark is called.
        fr: The same in French.
    """

    peers: tuple[str, ...]
    en: str
    fr: str


def _anssi(level: str, french: str) -> Foreign:
    peers = (f"debian12/anssi_bp28_{level}", f"rhel9/anssi_bp28_{level}")
    return Foreign(peers, f"ANSSI BP-028, level {level}", f"le guide BP-028 de l’ANSSI, niveau {french}")


_DEBIAN, _RHEL = "the CIS benchmark of Debian 12, level", "the CIS benchmark of RHEL 9, level"
_DEBIAN_FR, _RHEL_FR = "le référentiel CIS de Debian 12, niveau", "le référentiel CIS de RHEL 9, niveau"
FOREIGN = {
    "supports-cis-debian-12-l1-server": Foreign(
        ("debian12/cis_level1_server",), f"{_DEBIAN} 1, server", f"{_DEBIAN_FR} 1, serveur"
    ),
    "supports-cis-debian-12-l1-workstation": Foreign(
        ("debian12/cis_level1_workstation",), f"{_DEBIAN} 1, workstation", f"{_DEBIAN_FR} 1, poste de travail"
    ),
    "supports-cis-debian-12-l2-server": Foreign(
        ("debian12/cis_level2_server",), f"{_DEBIAN} 2, server", f"{_DEBIAN_FR} 2, serveur"
    ),
    "supports-cis-rhel-9-l1-server": Foreign(("rhel9/cis_server_l1",), f"{_RHEL} 1, server", f"{_RHEL_FR} 1, serveur"),
    "supports-cis-rhel-9-l1-workstation": Foreign(
        ("rhel9/cis_workstation_l1",), f"{_RHEL} 1, workstation", f"{_RHEL_FR} 1, poste de travail"
    ),
    "supports-anssi-bp-028-minimal": _anssi("minimal", "minimal"),
    "supports-anssi-bp-028-intermediary": _anssi("intermediary", "intermédiaire"),
    "supports-anssi-bp-028-enhanced": _anssi("enhanced", "renforcé"),
    "supports-anssi-bp-028-high": _anssi("high", "élevé"),
    "supports-pci-dss-4-rhel-9": Foreign(("rhel9/pci-dss",), "PCI DSS 4 on RHEL 9", "PCI DSS 4 sur RHEL 9"),
    "supports-stig-rhel-9": Foreign(("rhel9/stig",), "the STIG of RHEL 9", "le STIG de RHEL 9"),
}
"""Name of a profile of ours to the benchmark that it supports."""


@cache
def read_peers() -> Mapping[str, tuple[str, ...]]:
    """Return the rules of each profile of the SCAP Security Guide that is known here, by its name."""
    lines = RULES.read_text(encoding="utf-8").splitlines()[1:]
    letters = dict(line.split(" = ") for line in lines if " = " in line)
    rules = [line.split(" ") for line in lines if " = " not in line]
    return {name: tuple(rule for rule, own in rules if letter in own) for letter, name in letters.items()}


def write_peers(folder: Path, only: Sequence[str] = ()) -> Path:
    """Write these profiles as the command takes them, and return the file.

    Args:
        folder: Where.
        only: Those to write; empty for all.
    """
    file = folder / "peers.json"
    peers = {name: rules for name, rules in read_peers().items() if not only or name in only}
    file.write_text(json.dumps(peers), encoding="utf-8")
    return file


@cache
def read_answers() -> Mapping[str, tuple[Answer, ...]]:
    """Return which rules of the SCAP Security Guide our checks answer, by check."""
    found = {}
    for check in own_checks():
        if not check.replaced_by:
            own = find_answers(file_of(check, [FOLDER]), check.parameters)
            found[check.id] = tuple(one for one in own if one.scheme == "ssg")
    return found


def answering(name: str) -> dict[str, list[Answer]]:
    """Return the checks that answer a rule of what a profile supports, by id, each with these answers."""
    rules = {rule for peer in FOREIGN[name].peers for rule in read_peers()[peer]}
    found = {id_: [one for one in own if one.rule in rules] for id_, own in read_answers().items()}
    return {id_: own for id_, own in sorted(found.items()) if own}


def values_of(name: str, check: Check, answers: Iterable[Answer]) -> dict[str, Value]:
    """Return the values that a profile gives a check: those given by hand, and those that its rules ask.

    Args:
        name: The profile.
        check: The check.
        answers: Its answers to rules of the profile.

    Raises:
        ValueError: The check has no such parameter.
    """
    given = GIVEN[name].get(check.id, {})
    if unknown := given.keys() - check.parameters.keys():
        raise ValueError(f"{check.id} has no parameter {', '.join(sorted(unknown))}")
    own = list(answers)
    values = {
        one: given[one] if one in given else _asked(check, parameter, own)
        for one, parameter in check.parameters.items()
    }
    return {one: value for one, value in values.items() if value != check.parameters[one].default}


def _asked(check: Check, parameter: Parameter, answers: Sequence[Answer]) -> Value:
    """Return the parameter's own value, or what the rules ask instead."""
    value = parameter.default
    bounds = [one.when[parameter.name] for one in answers if parameter.name in one.when]
    for bound in bounds:
        if bound.exact is not None:
            return bound.exact
        if isinstance(value, int) and bound.least is not None and value < bound.least:
            value = bound.least if bound.most is None else bound.most
        elif isinstance(value, int) and bound.most is not None and value > bound.most:
            value = bound.most
        elif isinstance(value, list) and bound.within:
            value = cast("Value", [row for row in value if row in bound.within])
    if isinstance(value, list):
        return _rows(check, parameter.name, value, [row for bound in bounds for row in bound.has])
    return value


def is_contradicted(answers: Iterable[Answer], parameter: str) -> bool:
    """Tell whether the answers ask for different values of a parameter, of which a profile can have one alone."""
    found = [one.when[parameter].exact for one in answers if parameter in one.when]
    asked = [value for value in found if value is not None]
    return any(value != asked[0] for value in asked)


def _rows(check: Check, name: str, own: Sequence[object], asked: Sequence[object]) -> Value:
    """Return a list's rows: of a check that is for benchmarks alone, none that only other benchmarks ask for."""
    kept: list[object] = list(own)
    if check.level == "benchmark" and (check.id, name) not in _WHOLE:
        claimed = [row for one in read_answers()[check.id] if name in one.when for row in one.when[name].has]
        keys = [row[0] for row in asked if isinstance(row, list)]
        kept = [
            row
            for row in own
            if row in asked or (row not in claimed and not (isinstance(row, list) and row[0] in keys and claimed))
        ]
    return cast(
        "Value", kept + [row for place, row in enumerate(asked) if row not in kept and row not in asked[:place]]
    )


def describe(name: str) -> str:
    """Return the text of a profile's file."""
    foreign, chosen = FOREIGN[name], answering(name)
    checks = {check.id: check for check in own_checks()}
    lines = [
        "# Written by `make profiles`: what answers a rule of the benchmark, with its values; no certification.",
        "title:",
        f"  en: {_text(f'What a machine shows for {foreign.en}')}",
        f"  fr: {_text(f'Ce qu’une machine montre pour {foreign.fr}')}",
        *_flow("checks: [", list(chosen)),
        "walk: true",
        *_written_for(foreign),
    ]
    values = {id_: values_of(name, checks[id_], own) for id_, own in chosen.items()}
    if any(values.values()):
        lines.append("parameters:")
    for id_, own in values.items():
        lines += [f"  {id_}:"] if own else []
        for one, value in own.items():
            lines += _entry(one, value)
    return "".join(f"{line}\n" for line in lines)


def _written_for(foreign: Foreign) -> list[str]:
    """Return the one system whose benchmark it is; nothing where it has one of several systems."""
    products = {one.partition("/")[0] for one in foreign.peers}
    return [f"written_for: {SYSTEMS[products.pop()]}"] if len(products) == 1 else []


def _text(text: str) -> str:
    return f'"{text}"' if ":" in text else text


def _flow(head: str, words: Sequence[str]) -> list[str]:
    lines, line = [], head
    for place, word in enumerate(words):
        piece = f"{word}{']' if place == len(words) - 1 else ','}"
        if len(line) + len(piece) + 1 > _WIDTH:
            lines.append(line.rstrip())
            line = "  "
        line += piece if line.endswith(("[", "  ")) else f" {piece}"
    return [*lines, line]


def _entry(name: str, value: Value) -> list[str]:
    if not isinstance(value, list) or not value:
        return [f"    {name}: {json.dumps(value, ensure_ascii=False)}"]
    return [f"    {name}:", *(f"      - {json.dumps(row, ensure_ascii=False)}" for row in value)]


def main() -> None:
    """Write all of them, and tell what changed."""
    for name in FOREIGN:
        path, text = PROFILES / f"{name}.yaml", describe(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.name} written\n")


if __name__ == "__main__":
    main()
