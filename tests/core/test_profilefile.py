"""Profiles: the worked example, and everything that a profile may name wrongly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.check import Check, Severity
from rempart_core.checkfile import read_checks
from rempart_core.error import ContentError, Mistake
from rempart_core.parameter import Parameter
from rempart_core.profile import Change, Profile, Selector
from rempart_core.profilefile import read_profiles
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]


@pytest.fixture
def checks(check_of: Callable[..., Check]) -> list[Check]:
    parameters = {
        "days": Parameter("days", "integer", 30, Text("days", "jours"), max=90),
        "users": Parameter("users", "list", ["root"], Text("users", "utilisateurs")),
    }
    return [check_of("DSK-01", area="disk", parameters=parameters), check_of("FWL-01", area="firewall")]


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
