"""Data files: a list that ages has a file of its own, with its date and source, and each mistake has its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.spaces import plain

from rempart_core.content.checkfile import read_check, read_checks
from rempart_core.content.datafile import DataFile, DataFiles, read_data_files
from rempart_core.error import ContentError
from rempart_core.model.check import Check
from rempart_core.text import Text

Write = Callable[..., Path]

CHECK = """\
id: ABC-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
parameters:
  names: {type: list, of: text, data: tools}
platforms:
  linux: {query: "SELECT name AS item, '' AS observed, '' AS expected, name NOT IN (:names) AS ok FROM programs"}
remediation: {disruption: manual, manual: {en: a, fr: b}}
"""
ROWS = CHECK.replace("type: list, of: text,", "type: rows, columns: [name, end],")
HEAD = 'updated: "2026-11-20"\nsource: {en: vendors, fr: éditeurs}\n'
TOOLS = HEAD + "values:\n  - one # why\n  - two\n"
FILE = "data/tools.yaml"


@pytest.fixture
def told(written: Write) -> Callable[..., list[str]]:
    """Read a folder of checks and return its mistakes as ``file:line:column: message``, below the folder."""

    def read(files: dict[str, str]) -> list[str]:
        root = written(files)
        with pytest.raises(ContentError) as caught:
            read_checks([str(root)])
        return [str(mistake).removeprefix(f"{root}/") for mistake in caught.value.mistakes]

    return read


def of(check: str, data: str = TOOLS) -> dict[str, str]:
    return {"area/abc-01-x.yaml": check, FILE: data}


def read_one(root: Path) -> Check:
    (check,) = read_checks([str(root)])
    return check


def test_a_file_is_read_whole(written: Write) -> None:
    root = written({FILE: HEAD + 'review: {en: see a, fr: voir a}\nvalues: [[a, 1], ["2", -1]]\n'})
    assert read_data_files([str(root)]) == {
        "tools": DataFile(
            "tools",
            "2026-11-20",
            Text("vendors", "éditeurs"),
            Text("see a", "voir a"),
            [["a", 1], ["2", -1]],
            str(root / FILE),
        )
    }


def test_its_values_are_the_default_of_the_parameter_that_takes_it(written: Write) -> None:
    names = read_one(written(of(CHECK))).parameters["names"]
    assert (names.default, names.data) == (["one", "two"], "tools")
    rows = read_one(written(of(ROWS, HEAD + 'values: [[a, "2027-01-01"]]\n'))).parameters["names"]
    assert rows.default == [["a", "2027-01-01"]]


def test_one_list_may_serve_two_checks_and_those_of_another_folder(written: Write) -> None:
    second = {"b/area/abc-02-x.yaml": CHECK.replace("ABC-01", "ABC-02")}
    root = written({f"a/{name}": text for name, text in of(CHECK).items()} | second)
    checks = read_checks([str(root / "a"), str(root / "b")])
    assert [check.parameters["names"].default for check in checks] == [["one", "two"], ["one", "two"]]


def test_the_reserved_name_gives_every_list_with_its_date(written: Write) -> None:
    dates = CHECK.replace("ABC-01", "ABC-02").replace("type: list, of: text,", "type: rows, columns: [name, updated],")
    dates = dates.replace("data: tools", 'data: "@lists"').replace("name NOT IN (:names)", "(VALUES :names) IS NULL")
    files = of(CHECK.replace("data: tools", "data: a-b")) | {"area/abc-02-x.yaml": dates, "data/a-b.yaml": TOOLS}
    files |= {"area/abc-03-x.yaml": CHECK.replace("ABC-01", "ABC-03"), FILE: TOOLS.replace("11-20", "02-28")}
    _, ages, _ = read_checks([str(written(files))])
    assert ages.parameters["names"].default == [["a-b", "2026-11-20"], ["tools", "2026-02-28"]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("[]", "1:1: expected keys"),
        (HEAD, '1:1: the key "values" is missing'),
        (TOOLS.replace("updated", "update"), '1:1: unknown key "update": did you mean "updated"?'),
        (
            TOOLS.replace('"', ""),
            '1:10: updated: YAML readers disagree on what a plain 2026-11-20 is: quote it: "2026-',
        ),
        (TOOLS.replace("2026-11-20", "11/2026"), '1:10: updated: "11/2026" is no date: write "YYYY-MM-DD"'),
        (TOOLS.replace("11-20", "11-31"), "1:10: updated: there is no such date as 2026-11-31: day "),
        (TOOLS.replace(", fr: éditeurs", ""), '2:9: source: the key "fr" is missing'),
        (TOOLS + "review: x\n", 'review: expected both languages, "{en: …, fr: …}"'),
        (HEAD + "values: []\n", "3:9: values: the list is empty"),
        (HEAD + "values: one\n", "3:9: values: expected a list, found the text"),
        (TOOLS.replace("two", "0640"), "5:5: values: YAML readers disagree on what a plain 0640 is"),
        (TOOLS.replace("two", "{a: b}"), "5:5: values: expected a value, found keys"),
        (TOOLS.replace("two", "one"), '5:5: values: "one" stands there twice'),
        (
            TOOLS.replace("two", "3"),
            '5:5: values: expected a text, found 3: write it in quotes, "3"; so it stands in names of ',
        ),
    ],
)
def test_each_mistake_of_a_file_is_told_with_its_place(
    told: Callable[..., list[str]], data: str, expected: str
) -> None:
    mistakes = told(of(CHECK, data))
    assert any(mistake.startswith(f"{FILE}:") and expected in mistake for mistake in mistakes), mistakes
    assert all(mistake.startswith(f"{FILE}:") for mistake in mistakes), mistakes


def test_a_row_that_the_declaration_does_not_take_is_told_where_it_stands(told: Callable[..., list[str]]) -> None:
    (mistake,) = told(of(ROWS, HEAD + "values:\n  - [a, b]\n  - [c]\n  - [d]\n"))
    assert mistake.startswith(
        f"{FILE}:5:5: values: row 2 holds 1 values: expected 2 (name, end); so it stands in names"
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("tools}", "tolls}", '8:39: parameters.names.data: there is no data file "tolls": did you mean "tools"?'),
        ("tools}", "other}", 'there is no data file "other": known here: tools, @lists'),
        ("tools}", '"@list"}', 'there is no data file "@list": did you mean "@lists"?'),
        ("tools}", "[tools]}", "8:39: parameters.names.data: expected a text, found a list"),
        ("tools}", "tools, default: [a]}", "8:39: parameters.names.data: takes the place of default: leave one of"),
        ("type: list, of: text", "type: text", "parameters.names.data: a parameter of type text has none"),
        (", data: tools", "", '8:10: parameters.names: the key "default" is missing'),
        ("tools}", '"@lists"}', "parameters.names.data: @lists gives rows of name and date: expected a text, found a"),
    ],
)
def test_each_mistake_of_a_parameter_is_told_with_its_place(
    told: Callable[..., list[str]], old: str, new: str, expected: str
) -> None:
    mistakes = told(of(CHECK.replace(old, new)))
    assert any(mistake.startswith("area/") and expected in mistake for mistake in mistakes), mistakes
    assert not any(mistake.startswith(FILE) for mistake in mistakes), mistakes


def test_a_list_that_no_parameter_takes_is_a_mistake(told: Callable[..., list[str]]) -> None:
    (mistake,) = told(of(CHECK) | {"data/other.yaml": TOOLS})
    assert mistake == "data/other.yaml: no parameter takes this list: write data: other in one, or remove the file"


def test_a_name_is_a_name_and_taken_once(written: Write) -> None:
    root = written({f"a/{FILE}": TOOLS, f"b/{FILE}": TOOLS, "a/data/Tools.yaml": TOOLS, "a/data/tools.yml": TOOLS})
    with pytest.raises(ContentError) as caught:
        read_data_files([str(root / "a"), str(root / "b")])
    assert [str(mistake).removeprefix(f"{root}/") for mistake in caught.value.mistakes] == [
        "a/data/Tools.yaml: a data file is named in small letters and digits, with hyphens between",
        "a/data/tools.yml: name it tools.yaml",
        f'b/data/tools.yaml: the name "tools" is taken already by {root}/a/data/tools.yaml',
    ]


def test_one_check_may_be_read_by_itself_with_the_lists_that_it_names(written: Write) -> None:
    root = written(of(CHECK))
    where = str(root / "area/abc-01-x.yaml"), "area", "checks/area/abc-01-x.yaml"
    assert read_check(*where, DataFiles([str(root)])) == read_one(root)
    with pytest.raises(ContentError, match='there is no data file "tools"'):
        read_check(*where)


def test_why_a_list_does_not_fit_is_said_in_french_whole(written: Write) -> None:
    with pytest.raises(ContentError) as caught:
        read_checks([str(written(of(CHECK, TOOLS.replace("two", "3"))))])
    (mistake,) = caught.value.mistakes
    assert (
        ':5 : values : texte attendu, trouvé : 3 ; mettez-le entre guillemets : "3" ; c’est ce que demande names de'
        in plain(mistake.say("fr"))
    )
