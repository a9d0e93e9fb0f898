"""Profiles: the worked example, and everything that a profile may name wrongly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.checkfile import read_checks
from rempart_core.content.profilefile import read_profiles
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Check, Severity
from rempart_core.model.parameter import Parameter
from rempart_core.model.profile import Change, Profile, Selector
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]


SOUND = "title: {en: a, fr: b}\n"


@pytest.fixture
def checks(check_of: Callable[..., Check]) -> list[Check]:
    parameters = {
        "days": Parameter("days", "integer", 30, Text("days", "jours"), max=90),
        "users": Parameter("users", "list", ["root"], Text("users", "utilisateurs")),
    }
    controls = {"gdpr": ("32(1)(a)",), "pci-dss-4.0.1": ("8.3.1", "1.2.5")}
    return [
        check_of("DSK-01", area="disk", parameters=parameters, controls=controls),
        check_of("FWL-01", area="firewall", roles=("server",)),
    ]


def test_the_worked_example_is_read_whole(example: Path) -> None:
    directory = str(example / "checks")
    assert read_profiles([directory], read_checks([directory])) == [
        Profile(
            name="server",
            title=Text("Servers of the call centre", "Serveurs du centre d’appels"),
            takes=Selector(roles=("server",), areas=("disk-encryption",), checks=("DSK-*",)),
            severities={
                "DSK-01": Change(
                    Severity.HIGH, Text("the machine room is locked", "la salle des machines est fermée à clé")
                )
            },
            parameters={"DSK-01": {"max_age_days": 7, "ciphers": [["aes-xts", 512]]}},
            path="checks/profiles/server.yaml",
        )
    ]


def test_a_profile_may_leave_checks_out(written: Write, checks: list[Check]) -> None:
    text = "title: {en: a, fr: b}\nall: true\nexclude:\n  FWL-01: {en: no network, fr: pas de réseau}\n"
    root = written({"profiles/lab.yaml": text})
    (profile,) = read_profiles([str(root)], checks)
    assert profile.takes == Selector(all=True)
    assert profile.exclude == {"FWL-01": Text("no network", "pas de réseau")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("roles: [sever]", '2:9: roles: found the text "sever": did you mean "server"?'),
        ("role: [server]", '2:1: unknown key "role": did you mean "roles"?'),
        (
            "exclude: {FWL-01: {en: a, fr: b}}",
            "1:1: selects nothing: expected one of extends, all, roles, areas, severity, checks, frameworks, controls",
        ),
        ("all: yes", "2:6: all: expected true or false, found yes"),
        (
            "all: true\nroles: [server]",
            "2:6: all: it takes every check, so roles have no effect: leave one of them out",
        ),
        ("areas: [firewal]", '2:9: areas: found the text "firewal": did you mean "firewall"?'),
        ('checks: ["DKS-*"]', '2:10: checks: no check matches "DKS-*": did you mean "DSK-01"?'),
        (
            "all: true\nexclude: {DSK-02: {en: a, fr: b}}",
            '3:11: exclude: no check has the id "DSK-02": did you mean "DSK-01"',
        ),
        ("all: true\nexclude: [DSK-01]", "3:10: exclude: expected keys and values, found a list"),
        ("all: true\nexclude: {DSK-01: {en: a}}", '3:19: exclude.DSK-01: the key "fr" is missing'),
        ("all: true\nseverities: {DSK-01: high}", "3:22: severities.DSK-01: expected keys (severity, reason), found"),
        (
            "all: true\nseverities: {DSK-01: {severity: hihg, reason: {en: a, fr: b}}}",
            '3:33: severities.DSK-01.severity: found the text "hihg": did you mean "high"?',
        ),
        ("severity: [hihg]", '2:12: severity: found the text "hihg": did you mean "high"?'),
        ("severity: high", "2:11: severity: expected a list, found the text"),
        ("frameworks: [gdrp]", '2:14: frameworks: found the text "gdrp": did you mean "gdpr"?'),
        ("controls: {gdrp: ['32*']}", '2:12: unknown key "gdrp": did you mean "gdpr"?'),
        ("controls: {gdpr: []}", "2:18: controls.gdpr: the list is empty"),
        ("controls: {}", "2:11: controls: expected a framework and globs of its requirements"),
        (
            "controls: {gdpr: ['33*', '32(1)(a)']}",
            '2:19: controls.gdpr: no check contributes to a requirement of gdpr that matches "33*"',
        ),
        ("extends: servr", '2:10: extends: there is no profile "servr"'),
        ("extends: [p]", "2:11: extends: p → p goes round in a circle"),
        ("extends: []", "2:10: extends: the list is empty"),
        ("all: true\nonly: {}", "3:7: only: expected one of roles, areas, severity, checks, frameworks, controls"),
        ("all: true\nonly: {all: true}", '3:8: unknown key "all"'),
        ("all: true\nonly: {areas: [firewal]}", '3:16: areas: found the text "firewal": did you mean "firewall"?'),
        (
            "roles: [image]\nparameters: {DSK-01: {days: 3}}",
            "3:14: parameters: the profile does not select DSK-01, so this has no effect",
        ),
        (
            "all: true\nonly: {areas: [disk]}\nseverities: {FWL-01: {severity: low, reason: {en: a, fr: b}}}",
            "4:14: severities: the profile does not select FWL-01, so this has no effect",
        ),
        (
            "all: true\nparameters: {DSK-01: {dayz: 3}}",
            '3:23: DSK-01 has no parameter "dayz": did you mean "days"?',
        ),
        ("all: true\nparameters: {DSK-01: {days: 91}}", "3:29: parameters.DSK-01.days: 91 is out of bounds"),
        ("all: true\nparameters: {DSK-01: {days: '7'}}", "write it without quotes"),
        ("all: true\nparameters: {DSK-01: {users: [1001]}}", 'expected a text, found 1001: write it in quotes, "1001"'),
        (
            "all: true\nexclude: {DSK-01: {en: a, fr: b}}\nparameters: {DSK-01: {days: 3}}",
            "4:14: parameters: DSK-01 is left out by exclude, so this has no effect",
        ),
    ],
)
def test_each_mistake_is_told_with_its_place(
    written: Write, places: Places, checks: list[Check], text: str, expected: str
) -> None:
    root = written({"profiles/p.yaml": f"title: {{en: a, fr: b}}\n{text}\n"})
    with pytest.raises(ContentError) as caught:
        read_profiles([str(root)], checks)
    found = places(caught.value.mistakes)
    assert any(mistake.startswith(expected) or expected in mistake for mistake in found), found


def test_files_that_would_be_passed_over_are_mistakes(written: Write, checks: list[Check]) -> None:
    sound = "title: {en: a, fr: b}\nall: true\n"
    names = ("a/profiles/p.yaml", "a/profiles/P2.yaml", "a/profiles/q.yml", "b/profiles/p.yaml", "a/profiles/.x.yaml")
    root = written(dict.fromkeys(names, sound))
    with pytest.raises(ContentError) as caught:
        read_profiles([str(root / "a"), str(root / "b")], checks)
    assert str(caught.value).replace(str(root), "").split("\n") == [
        "/a/profiles/P2.yaml: a profile is named in small letters and digits, with hyphens and dots between",
        "/a/profiles/q.yml: name it q.yaml",
        '/b/profiles/p.yaml: the name "p" is taken already by ' + "/a/profiles/p.yaml",
    ]


def test_a_directory_without_profiles_has_none(written: Write, checks: list[Check]) -> None:
    assert read_profiles([str(written({"README.md": "x"}))], checks) == []


def named(profiles: list[Profile]) -> dict[str, Profile]:
    return {profile.name: profile for profile in profiles}


def test_a_child_inherits_and_overrides_value_by_value(written: Write, checks: list[Check]) -> None:
    change = "severities: {DSK-01: {severity: SEVERITY, reason: {en: a, fr: b}}}\n"
    root = written(
        {
            "profiles/a.yaml": f"{SOUND}all: true\nparameters: {{DSK-01: {{days: 7, users: [a]}}}}\n",
            "profiles/b.yaml": f"{SOUND}roles: [server]\nparameters: {{DSK-01: {{days: 8}}}}\n"
            + change.replace("SEVERITY", "low"),
            "profiles/c.yaml": f"{SOUND}extends: [a, b]\nparameters: {{DSK-01: {{users: [c]}}}}\n",
            "profiles/d.yaml": f"{SOUND}extends: c\n" + change.replace("SEVERITY", "high"),
        }
    )
    profiles = named(read_profiles([str(root)], checks))
    assert profiles["c"].parameters == {"DSK-01": {"days": 8, "users": ["c"]}}
    assert profiles["c"].severities["DSK-01"].severity is Severity.LOW
    assert profiles["d"].parameters == profiles["c"].parameters
    assert profiles["d"].severities["DSK-01"].severity is Severity.HIGH
    assert profiles["b"].parameters == {"DSK-01": {"days": 8}}
    assert profiles["c"].takes is None
    assert profiles["c"].parents == (profiles["a"], profiles["b"])


def test_a_folder_of_ones_own_may_extend_the_profiles_that_are_there(written: Write, checks: list[Check]) -> None:
    files = {
        "ours/profiles/server.yaml": f"{SOUND}roles: [server]\n",
        "own/profiles/site.yaml": f"{SOUND}extends: server\n",
    }
    root = written(files)
    profiles = named(read_profiles([str(root / "own"), str(root / "ours")], checks))
    assert profiles["site"].parents == (profiles["server"],)


def test_a_circle_of_several_is_told(written: Write, checks: list[Check]) -> None:
    links = {"a": "b", "b": "c", "c": "a", "d": "a"}
    root = written({f"profiles/{name}.yaml": f"{SOUND}extends: {to}\n" for name, to in links.items()})
    with pytest.raises(ContentError) as caught:
        read_profiles([str(root)], checks)
    told = [str(mistake.message) for mistake in caught.value.mistakes]
    assert told == ["extends: a → b → c → a goes round in a circle"]


def test_every_selecting_key_is_read(written: Write, checks: list[Check]) -> None:
    text = (
        f"{SOUND}roles: [server]\nareas: [disk]\nseverity: [low, medium]\nchecks: [DSK-*]\nframeworks: [gdpr]\n"
        "controls: {pci-dss-4.0.1: ['8.*']}\nonly: {severity: [medium]}\n"
    )
    (profile,) = read_profiles([str(written({"profiles/p.yaml": text}))], checks)
    assert profile.takes == Selector(
        roles=("server",),
        areas=("disk",),
        severity=(Severity.LOW, Severity.MEDIUM),
        checks=("DSK-*",),
        frameworks=("gdpr",),
        controls={"pci-dss-4.0.1": ("8.*",)},
    )
    assert profile.only == Selector(severity=(Severity.MEDIUM,))


def test_a_profile_names_the_system_that_it_was_written_for_and_hands_it_on(
    written: Write, checks: list[Check]
) -> None:
    own = f"{SOUND}all: true\nwritten_for: Debian GNU/Linux 12\n"
    other = f"{SOUND}extends: [plain, base]\nwritten_for: Debian GNU/Linux 13\n"
    files = {"base": own, "child": f"{SOUND}extends: [plain, base]\n", "other": other, "plain": f"{SOUND}all: true\n"}
    root = written({f"profiles/{name}.yaml": text for name, text in files.items()})
    found = {one.name: one.written_for for one in read_profiles([str(root)], checks)}
    debian = "Debian GNU/Linux"
    assert found == {"base": f"{debian} 12", "child": f"{debian} 12", "other": f"{debian} 13", "plain": ""}
