"""Check files: the worked example is read whole, and every mistake is told with its place and what to write."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from rempart_testing.spaces import plain

from rempart_core.content.checkfile import read_check, read_checks
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Applies, Fallback, Remediation, Severity
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]

SOUND = """\
id: ABC-01
revision: 1
title: {en: a, fr: b}
rationale: {en: a, fr: b}
severity: low
roles: [server]
parameters:
  days: {type: integer, default: 3}
platforms:
  linux:
    query: |
      SELECT 'x' AS item, '' AS observed, '' AS expected,
        :days > 2 AS ok
remediation:
  disruption: manual
  manual: {en: a, fr: b}
"""


@pytest.fixture
def mistakes_of(written: Write, places: Places) -> Callable[[str], list[str]]:
    """Read one check file and return its mistakes."""

    def read(text: str) -> list[str]:
        root = written({"area/abc-01-x.yaml": text})
        with pytest.raises(ContentError) as caught:
            read_checks([str(root)])
        assert all(mistake.file == str(root / "area/abc-01-x.yaml") for mistake in caught.value.mistakes)
        return places(caught.value.mistakes)

    return read


def test_a_block_may_say_why_it_has_no_rows(written: Write) -> None:
    said = "    when_empty: not_checked\n    empty_reason: {en: no second clock, fr: pas d’autre horloge}\n    query:"
    (check,) = read_checks([str(written({"area/abc-01-x.yaml": SOUND.replace("    query:", said)}))])
    assert check.platforms["linux"].empty_reason == Text("no second clock", "pas d’autre horloge")


def test_a_check_says_what_it_does_not_examine_or_why_nothing_is_left_out(written: Write) -> None:
    said = "not_examined: {en: [one, two], fr: [un, deux]}\nseverity"
    (check,) = read_checks([str(written({"area/abc-01-x.yaml": SOUND.replace("severity", said)}))])
    assert check.not_examined == (Text("one", "un"), Text("two", "deux"))
    said = "complete: {en: one file, fr: un fichier}\nseverity"
    (check,) = read_checks([str(written({"area/abc-01-x.yaml": SOUND.replace("severity", said)}))])
    assert (check.not_examined, check.complete) == ((), Text("one file", "un fichier"))


def test_the_worked_example_is_read_whole(example: Path) -> None:
    (check,) = read_checks([str(example / "checks")])
    assert (check.id, check.revision, check.severity, check.roles) == (
        "DSK-01",
        2,
        Severity.CRITICAL,
        ("workstation", "server"),
    )
    assert check.title.fr == "Tous les volumes contenant des données sont chiffrés"
    assert check.area == "disk-encryption"
    assert check.path == "checks/disk-encryption/dsk-01-volumes-encrypted.yaml"
    assert check.digest == sha256((example / check.path).read_bytes()).hexdigest()
    linux, darwin = check.platforms["linux"], check.platforms["darwin"]
    assert linux.applies == Applies(
        "SELECT 1 FROM mounts WHERE path = '/' AND type NOT IN ('overlay', 'tmpfs')",
        Text("there is no disk", "il n’y a pas de disque"),
    )
    assert [name for name, _ in linux.statements()] == ["applies", "probe", "query", "cross_check", "fallback"]
    assert isinstance(linux.fallback, Fallback)
    assert linux.fallback.sees == "part"
    assert (darwin.privilege, darwin.when_empty, darwin.applies, darwin.fallback) == ("user", "error", None, None)
    assert check.remediation == Remediation(
        "disk_encryption",
        "manual",
        Text(
            "Encrypt the volume when the machine is installed anew.",
            "Chiffrer le volume lors d’une réinstallation de la machine.",
        ),
    )
    assert check.controls == {"gdpr": ("32(1)(a)", "5(1)(f)"), "iso-27001-2022": ("8.24",)}
    assert check.parameters["max_age_days"].max == 365
    assert check.parameters["ciphers"].columns == ("name", "bits")
    assert check.parameters["ports"].of == "integer"
    assert check.parameters["file_system"].choices == ("ext4", "xfs")


def test_one_file_is_read_alone(example: Path) -> None:
    path = "checks/disk-encryption/dsk-01-volumes-encrypted.yaml"
    assert [read_check(str(example / path), "disk-encryption", path)] == read_checks([str(example / "checks")])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: ABC-01", "id: ABC-1", '1:5: id: "ABC-1" is no id: expected capitals, a hyphen and a number, like DSK-01'),
        (
            "id: ABC-01",
            "id: ABC-02",
            "1:5: id: the file of ABC-02 is named abc-02-<slug>.yaml, the slug in small letters, digits and hyphens;",
        ),
        ("id: ABC-01\n", "", '1:1: the key "id" is missing'),
        ("revision: 1", "revision: 0", "2:11: revision: 0 is too small: at least 1"),
        ("revision: 1", "revision: '1'", '2:11: revision: expected a whole number, found the text "1": write plain'),
        (
            "revision: 1",
            "revision: 01",
            "2:11: revision: expected a whole number, found 01: write plain decimal digits",
        ),
        ("title: {en: a, fr: b}", "title: {en: a}", '3:8: title: the key "fr" is missing'),
        ("title: {en: a, fr: b}", "title: a", '3:8: title: expected both languages, "{en: …, fr: …}", found the text'),
        ("title: {en: a, fr: b}", "title: {en: a, fr: ''}", "3:20: title.fr: the text is empty"),
        ("title: {en: a, fr: b}", "title: {en: a, fr: }", "3:20: title.fr: expected a text, found nothing"),
        ("title: {en: a, fr: b}", "title: {en: no, fr: b}", 'disagree on what a plain no is: quote it: "no"'),
        (
            "title: {en: a, fr: b}",
            "title: {en: a\u200b, fr: b}",
            "3:14: title.en: the invisible character U+200B can't",
        ),
        ("title: {en: a, fr: b}", 'title: {en: "a\\nb", fr: b}', "3:13: title.en: expected one line"),
        *(
            ("severity: low", f"severity: low\n{new}", f"6:{expected}")
            for new, expected in [
                ("not_examined: [a]", "15: not_examined: expected keys (en, fr), found a list"),
                ("not_examined: {en: [a]}", '15: not_examined: the key "fr" is missing'),
                ("not_examined: {en: [a], fr: []}", "29: not_examined.fr: the list is empty"),
                ("not_examined: {en: [a], fr: b}", "29: not_examined.fr: expected a list, found the text"),
                ("not_examined: {en: [a, b], fr: [c]}", "32: not_examined: 2 lines in English and 1 in French: say"),
                ("not_examined: {en: [a], fr: [a, b, c, d, e, f]}", "29: not_examined.fr: 6 lines are too many: at"),
                ("not_examined: {en: [a, a], fr: [a, b]}", '24: not_examined.en: "a" stands there twice'),
                ("complete: all", '11: complete: expected both languages, "{en: …, fr: …}", found the text'),
                ("complete: {en: '', fr: b}", "16: complete.en: the text is empty"),
            ]
        ),
        (
            "severity: low",
            "severity: low\nnot_examined: {en: [a], fr: [b]}\ncomplete: {en: a, fr: b}",
            '7:11: complete: "not_examined" says already what is left out: keep one of both',
        ),
        ("severity: low", "severity: lwo", '5:11: severity: found the text "lwo": did you mean "low"?'),
        ("severity: low", "severty: low", '5:1: unknown key "severty": did you mean "severity"?'),
        ("roles: [server]", "roles: [servers]", '6:9: roles: found the text "servers": did you mean "server"?'),
        ("roles: [server]", "roles: server", '6:8: roles: expected a list, found the text "server": write [server]'),
        ("roles: [server]", "roles: []", "6:8: roles: the list is empty"),
        ("roles: [server]", "roles: [server, server]", "6:17: roles: server stands there twice"),
        ("  days: {", "  Days: {", '8:3: parameters: "Days" is no name: small letters, digits and _, a letter first'),
        ("default: 3}", "default: x}", '8:34: parameters.days.default: expected a whole number, found the text "x"'),
        ("default: 3}", "default: 3, min: 5}", "8:34: parameters.days.default: 3 is out of bounds"),
        ("default: 3}", "default: 3, min: 5, max: 2}", "8:42: parameters.days: min 5 is above max 2"),
        ("default: 3}", "default: 3, columns: [a]}", "parameters.days.columns: a parameter of type integer has none"),
        ("type: integer", "type: int", '8:16: parameters.days.type: found the text "int": did you mean "integer"?'),
        ("type: integer, ", "", '8:9: parameters.days: the key "type" is missing'),
        ("{type: integer, default: 3}", "{type: rows, default: []}", 'parameters.days: the key "columns" is missing'),
        (":days > 2", "2 > 1", "8:3: parameters: no statement uses :days: leave the parameter out, or use it"),
        (
            ":days > 2",
            ":day > :days",
            '13:9: linux.query: the parameter :day is not declared: did you mean "days"?',
        ),
        (":days > 2", "? > :days", "13:9: linux.query: ? is no parameter: they are written :name, in small letters"),
        (":days > 2", ":days > '2", "13:17: linux.query: the ' that opens here is never closed"),
        (":days > 2 AS ok", ":days > 2 AS ok; DROP TABLE x", "13:24: linux.query: a second statement follows"),
        ("SELECT 'x'", "DELETE 'x'", "12:7: linux.query: the statement has to begin with SELECT, WITH or VALUES"),
        ("    query: |", "    probe: |", '11:5: linux: the key "query" is missing'),
        ("  linux:\n", "  linus:\n", '10:3: unknown key "linus": did you mean "linux"?'),
        (
            "    query:",
            "    privilege: admin\n    query:",
            '11:16: linux.privilege: found the text "admin": known here:',
        ),
        (
            "    query:",
            "    when_empty: pass\n    query:",
            '11:17: linux.when_empty: found the text "pass": known here:',
        ),
        ("    query:", "    applies: {query: SELECT 1}\n    query:", '11:14: linux.applies: the key "otherwise" is'),
        ("    query:", "    applies: SELECT 1\n    query:", "11:14: linux.applies: expected keys (query, otherwise)"),
        (
            "    query:",
            "    fallback: {query: SELECT 1, sees: some}\n    query:",
            "linux.fallback.sees: found the text",
        ),
        ("disruption: manual", "disruption: reboot", 'the key "role" is missing: disruption reboot needs the role'),
        ("disruption: manual", "disruption: always", '15:15: remediation.disruption: found the text "always"'),
        ("disruption: manual", "disruption: manual\n  role: Disk", '16:9: remediation.role: "Disk" is no role\'s name'),
        ("remediation:", "controls: {gpdr: ['1']}\nremediation:", '14:12: unknown key "gpdr": did you mean "gdpr"?'),
        ("remediation:", "controls: {gdpr: []}\nremediation:", "14:18: controls.gdpr: the list is empty"),
        ("remediation:", "controls: {gdpr: ['1?']}\nremediation:", 'controls.gdpr: "1?" is not settled: confirm'),
        ("remediation:", "controls: {cis-8.1: [8.20]}\nremediation:", 'plain 8.20 is: quote it: "8.20"'),
        (
            "remediation:",
            "controls: {cis-8.1: [8]}\nremediation:",
            'expected a text, found the number 8: quote it: "8"',
        ),
        ("remediation:", "replaced_by: ABC-01\nremediation:", "14:14: replaced_by: expected the id of another check"),
        ("remediation:", "replaced_by: ABC-09\nremediation:", '1:5: replaced_by: no check has the id "ABC-09"'),
    ],
)
def test_each_mistake_is_told_with_its_place(
    mistakes_of: Callable[[str], list[str]], old: str, new: str, expected: str
) -> None:
    assert old in SOUND
    found = mistakes_of(SOUND.replace(old, new, 1))
    assert any(expected in mistake for mistake in found), found


def test_one_mistake_brings_no_others(mistakes_of: Callable[[str], list[str]]) -> None:
    assert mistakes_of(SOUND.replace("severity: low", "severity: lwo")) == [
        '5:11: severity: found the text "lwo": did you mean "low"?'
    ]
    assert len(mistakes_of("a: [")) == 1


def test_all_mistakes_of_all_files_come_at_once(written: Write) -> None:
    root = written(
        {
            "disk/abc-01-x.yaml": SOUND.replace("low", "lwo").replace("[server]", "[sever]"),
            "fire/abc-02-y.yaml": "a: b: c\n",
            "fire/abc-01-z.yaml": SOUND,
            "stray.yaml": SOUND,
            "fire/deep/abc-04-x.yaml": SOUND,
            "fire/abc-05-x.yml": SOUND,
            "Fire/abc-06-x.yaml": SOUND,
        }
    )
    other = written({"../other/fire/abc-01-w.yaml": SOUND})
    with pytest.raises(ContentError) as caught:
        read_checks([str(root), str(other / "../other")])
    text = str(caught.value).replace(str(root), "checks").replace(str(other), "checks")
    assert text.split("\n") == [
        "checks/../other/fire/abc-01-w.yaml:1:5: the id ABC-01 is already used by checks/disk/abc-01-x.yaml:1",
        "checks/Fire: an area's folder is named in small letters, digits and hyphens",
        'checks/disk/abc-01-x.yaml:5:11: severity: found the text "lwo": did you mean "low"?',
        'checks/disk/abc-01-x.yaml:6:9: roles: found the text "sever": did you mean "server"?',
        "checks/fire/abc-01-z.yaml:1:5: the id ABC-01 is already used by checks/disk/abc-01-x.yaml:1",
        'checks/fire/abc-02-y.yaml:1:5: a ": " can\'t stand here: put the text in quotes, or fix the indentation',
        "checks/fire/abc-05-x.yml: name it abc-05-x.yaml",
        "checks/fire/deep/abc-04-x.yaml: lies too deep: checks lie in checks/fire",
        "checks/stray.yaml: a check lies in the folder of its area: checks/<area>/stray.yaml",
    ]


def test_what_is_no_check_is_passed_over(written: Write) -> None:
    root = written(
        {
            "area/abc-01-x.yaml": SOUND,
            "area/abc-01-x.test.yaml": "not: read",
            "area/.abc-01-x.yaml": "an editor's",
            "area/notes.md": "text",
            "README.md": "text",
            "profiles/p.yaml": "not: read",
            "frameworks/f.yaml": "not: read",
        }
    )
    assert [check.id for check in read_checks([str(root)])] == ["ABC-01"]


def test_a_successor_may_lie_in_another_directory(written: Write) -> None:
    root = written(
        {
            "a/x/abc-01-x.yaml": SOUND + "replaced_by: ABC-02\n",
            "b/x/abc-02-x.yaml": SOUND.replace("ABC-01", "ABC-02"),
        }
    )
    found = read_checks([str(root / "a"), str(root / "b")])
    assert [(check.id, check.replaced_by) for check in found] == [("ABC-01", "ABC-02"), ("ABC-02", "")]


def test_a_users_own_prefix_is_an_id(written: Write) -> None:
    root = written({"x/acme2-0001-x.yaml": SOUND.replace("ABC-01", "ACME2-0001")})
    assert [check.id for check in read_checks([str(root)])] == ["ACME2-0001"]


def test_a_place_without_checks_is_no_silent_success(written: Write) -> None:
    root = written({"README.md": "x"})
    with pytest.raises(ContentError, match=r"holds no checks: they lie in <area>/<id>-<slug>\.yaml"):
        read_checks([str(root)])
    with pytest.raises(ContentError, match="can't be read: no such file or directory"):
        read_checks([str(root / "none")])
    (root / "area").mkdir()
    (root / "area/abc-01-x.yaml").symlink_to("/dev/null")
    with pytest.raises(ContentError, match=r"abc-01-x.yaml: is no regular file"):
        read_checks([str(root)])


def test_mistakes_are_said_in_french_with_their_data_as_it_stands(written: Write) -> None:
    text = SOUND.replace("default: 3}", "default: x}").replace(":days > 2", ":day > :days")
    with pytest.raises(ContentError) as caught:
        read_checks([str(written({"area/abc-01-x.yaml": text}))])
    assert [plain(mistake.say("fr")).partition("abc-01-x.yaml:")[2] for mistake in caught.value.mistakes] == [
        "8:34 : parameters.days.default : nombre entier attendu, trouvé : le texte « x »",
        "13:9 : linux.query : le paramètre :day n’est pas déclaré : vouliez-vous dire « days » ?",
    ]
