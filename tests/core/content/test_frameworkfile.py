"""Frameworks: what their files may hold, what supports a requirement, and what a check names that is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.checkfile import read_checks
from rempart_core.content.frameworkfile import list_frameworks, read_frameworks
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Check, Severity
from rempart_core.model.framework import ORGANISATION, Framework, Requirement, find_support, find_unknown
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]
MakeCheck = Callable[..., Check]

HEAD = 'name: {en: House rules, fr: Règles}\nversion: "1"\nsource: us\nscope: {en: all, fr: toutes}\n'
ONE = 'requirements:\n  "8.20":\n    title: {en: a, fr: b}\n    kind: technical\n'
OURS = HEAD + "requirements:\n  ORG-01:\n    title: {en: Policies, fr: Politiques}\n    kind: organisational\n"


def requirement(id_: str, *organisation: str) -> Requirement:
    return Requirement(id_, Text("a", "b"), "technical", organisation)


def framework(*requirements: Requirement) -> Framework:
    return Framework("house", Text("n", "n"), "1", "us", Text("s", "s"), {one.id: one for one in requirements})


def test_a_framework_is_read_whole(written: Write) -> None:
    text = HEAD + ONE + "    organisation: [ORG-01]\n"
    root = written({"frameworks/house-1.0.yaml": text, f"frameworks/{ORGANISATION}.yaml": OURS})
    frameworks = read_frameworks([str(root)])
    assert list(frameworks) == ["house-1.0", ORGANISATION]
    assert frameworks["house-1.0"] == Framework(
        "house-1.0",
        Text("House rules", "Règles"),
        "1",
        "us",
        Text("all", "toutes"),
        {"8.20": Requirement("8.20", Text("a", "b"), "technical", ("ORG-01",))},
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD, '1:1: the key "requirements" is missing'),
        (HEAD + ONE.replace('"8.20"', "8.20"), "6:3: requirements: YAML readers disagree on what a plain 8.20 is"),
        (HEAD + ONE.replace("technical", "tecnical"), '8:11: requirements.8.20.kind: found the text "tecnical"'),
        (HEAD + ONE.replace("fr: b", "de: b"), 'requirements.8.20.title: the key "fr" is missing'),
        (HEAD + ONE + "    organisation: []\n", "9:19: requirements.8.20.organisation: the list is empty"),
        (
            HEAD + ONE + "    organisation: [ORG-1]\n",
            'no organisational control has the id "ORG-1": did you mean "ORG-01"',
        ),
        (HEAD + ONE + ONE.removeprefix("requirements:\n"), 'the key "8.20" stands on line 6 too'),
        (HEAD + ONE + "extra: 1\n", 'unknown key "extra"'),
    ],
)
def test_each_mistake_is_told_with_its_place(written: Write, places: Places, text: str, expected: str) -> None:
    root = written({"frameworks/house.yaml": text, f"frameworks/{ORGANISATION}.yaml": OURS})
    with pytest.raises(ContentError) as caught:
        read_frameworks([str(root)])
    found = places(caught.value.mistakes)
    assert any(expected in mistake for mistake in found), found


def test_all_mistakes_of_all_files_are_told_at_once(written: Write) -> None:
    root = written({"frameworks/a.yaml": HEAD, "frameworks/b.yaml": "- x\n", "frameworks/C.yaml": HEAD + ONE})
    with pytest.raises(ContentError) as caught:
        read_frameworks([str(root)])
    assert {Path(mistake.file).name for mistake in caught.value.mistakes} == {"a.yaml", "b.yaml", "C.yaml"}


def test_a_folder_of_checks_may_bring_a_framework_of_its_own(written: Write, example: Path) -> None:
    (check,) = (example / "checks/disk-encryption").glob("dsk-01-*[!t].yaml")
    text = check.read_text(encoding="utf-8").replace("\ncontrols:\n", '\ncontrols:\n  house-1.0: ["8.20"]\n')
    name = f"disk-encryption/{check.name}"
    root = written({name: text})
    with pytest.raises(ContentError, match=r'unknown key "house-1\.0"'):
        read_checks([str(root)])
    root = written({name: text, "frameworks/house-1.0.yaml": HEAD + ONE})
    assert list_frameworks([str(root)]) == ["house-1.0"]
    assert read_checks([str(root)])[0].controls["house-1.0"] == ("8.20",)


def test_checks_come_before_organisational_controls_and_nothing_is_left_out(check_of: MakeCheck) -> None:
    checks = [
        check_of("AAA-01", severity=Severity.LOW, controls={"house": ("1",)}),
        check_of("AAA-02", severity=Severity.HIGH, controls={"house": ("1", "2")}),
        check_of("AAA-03", controls={"house": ("3",)}, replaced_by="AAA-01"),
        check_of("AAA-04", controls={"other": ("4",)}),
    ]
    house = framework(requirement("1", "ORG-01"), requirement("2"), requirement("3", "ORG-02"), requirement("4"))
    told = [(one.requirement.id, one.status, [c.id for c in one.checks]) for one in find_support(house, checks)]
    assert told == [
        ("1", "supported", ["AAA-02", "AAA-01"]),
        ("2", "supported", ["AAA-02"]),
        ("3", "organisational", []),  # a check that was replaced is asked no more
        ("4", "not_covered", []),
    ]


def test_what_a_check_names_that_is_not_there(check_of: MakeCheck) -> None:
    check = check_of("AAA-01", controls={"house": ("1", "2"), "other": ("3",), ORGANISATION: ("1",)})
    known = {"house": framework(requirement("1")), ORGANISATION: framework(requirement("1"))}
    assert find_unknown(check, known) == [("house", "2"), ("other", ""), (ORGANISATION, "")]
