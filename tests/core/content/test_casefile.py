"""Cases: the worked example, moments, and everything that a case may say wrongly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rempart_core.content.casefile import Case, find_gaps, find_orphans, locate_cases, read_cases
from rempart_core.content.checkfile import read_checks
from rempart_core.error import ContentError, Mistake
from rempart_core.model.check import Block, Check
from rempart_core.model.parameter import Parameter
from rempart_core.model.result import Failure, State
from rempart_core.text import Text

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]
NOW = 1_795_608_000.5  # 2026-11-25 12:00:00 UTC


@pytest.fixture
def check(check_of: Callable[..., Check]) -> Check:
    days = Parameter("days", "integer", 30, Text("days", "jours"), min=1)
    return check_of("DSK-01", parameters={"days": days})


def test_the_worked_example_is_read_whole(example: Path) -> None:
    (check,) = read_checks([str(example / "checks")])
    file = locate_cases(str(example / check.path))
    clear, unreadable, mac, image = read_cases(file, check, NOW)
    assert clear == Case(
        name="a clear partition fails",
        platform="linux",
        live=True,
        privileged=True,
        parameters={**{name: one.default for name, one in check.parameters.items()}, "max_age_days": 3},
        tables={
            "mounts": [
                {"path": "/", "type": "ext4", "device_alias": "/dev/dm-0", "blocks": 1000, "flags": None},
                {"path": "/srv", "type": "ext4", "device_alias": "/dev/sda2"},
            ],
            "disk_encryption": [{"name": "/dev/dm-0", "encrypted": 1}],
            "file": [
                {"path": "/var/lib/scan", "mtime": 1_795_608_000 - 3 * 86400, "mode": "0640"},
                {"path": "2026-11-24", "mtime": 1_795_608_000},
            ],
        },
        expect=State.FAIL,
        failing=("/dev/sda2",),
        passing=("/dev/dm-0",),
        incomplete=False,
        file=file,
        line=2,
    )
    assert unreadable.tables == {"disk_encryption": Failure("missing", "no device mapper")}
    assert (unreadable.reason, unreadable.failing, unreadable.incomplete) == ("no device mapper", None, None)
    assert (mac.platform, mac.expect) == ("darwin", State.PASS)
    assert (image.live, image.privileged, image.tables) == (False, False, {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"@now"', 1_795_608_000),
        ('"@now-90s"', 1_795_607_910),
        ('"@now+2h"', 1_795_615_200),
        ('"@now-5m"', 1_795_607_700),
        ('"@date"', "2026-11-25"),
        ('"@date-30d"', "2026-10-26"),
        ('"@date+12h"', "2026-11-26"),
        ('"@usdate-18d"', "11/7/2026"),
        ('"@filetime"', "00E0337FD47CDD01"),
        ('"@reboot"', "@reboot"),
        ('"5"', "5"),
        ("5", 5),
        ("~", None),
        ('""', ""),
        ("'\"\\e[31m\"'", '"\\e[31m"'),
    ],
)
def test_a_cell_is_a_text_a_number_null_or_a_moment(
    written: Write, check: Check, text: str, value: str | int | None
) -> None:
    root = written({"x.yaml": f"cases: [{{name: a, expect: pass, tables: {{t: [{{c: {text}}}]}}}}]"})
    (case,) = read_cases(str(root / "x.yaml"), check, NOW)
    assert case.tables == {"t": [{"c": value}]}


def test_a_value_of_a_parameter_may_hold_moments(written: Write, check_of: Callable[..., Check]) -> None:
    rows = Parameter("lists", "rows", [], Text("a", "b"), columns=("name", "day"))
    text = "cases: [{name: a, expect: pass, tables: {}, parameters: {lists: [[a, '@date-1d'], ['@b', '@now']]}}]"
    root = written({"x.yaml": text})
    (case,) = read_cases(str(root / "x.yaml"), check_of("DSK-01", parameters={"lists": rows}), NOW)
    assert case.parameters == {"lists": [["a", "2026-11-24"], ["@b", 1_795_608_000]]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {tables: {}, expect: pass}", '2:5: case: the key "name" is missing'),
        ("- {name: a, tables: {}}", '2:5: case: the key "expect" is missing'),
        ("- {name: a, expect: pass}", '2:5: case: the key "tables" is missing'),
        ("- {name: a, tables: {}, expect: passes}", '2:35: expect: found the text "passes": did you mean "pass"?'),
        ("- {name: a, tables: {}, expect: pass, live: no}", "2:47: live: expected true or false, found no"),
        ("- {name: a, tables: {}, expect: pass, platform: linus}", 'found the text "linus": did you mean "linux"?'),
        ("- {name: a, tables: {}, expect: pass, platform: windows}", "2:51: platform: DSK-01 has no block for windows"),
        (
            "- {name: a, tables: {}, expect: pass, failling: []}",
            '2:41: unknown key "failling": did you mean "failing"?',
        ),
        (
            "- {name: a, tables: {}, expect: fail, failing: [22]}",
            'expected a text, found the number 22: quote it: "22"',
        ),
        ("- {name: a, tables: {}, expect: fail, failing: x}", "failing: expected a list, found the text"),
        (
            "- {name: a, tables: {}, expect: pass, parameters: {dayz: 1}}",
            'DSK-01 has no parameter "dayz": did you mean',
        ),
        ("- {name: a, tables: {}, expect: pass, parameters: {days: 0}}", "2:60: parameters.days: 0 is out of bounds"),
        ("- {name: a, tables: {}, expect: pass, parameters: {days: '@date-3x'}}", 'days: "@date-3x" is no moment'),
        ("- {name: a, tables: {t: [{m: 0640}]}, expect: pass}", 'disagree on what a plain 0640 is: quote it: "0640"'),
        (
            "- {name: a, tables: {t: [{m: true}]}, expect: pass}",
            "a cell is a text, a whole number or null: write 1 or 0",
        ),
        (
            "- {name: a, tables: {t: [{m: [a]}]}, expect: pass}",
            "a cell is a text, a whole number or null, found a list",
        ),
        ("- {name: a, tables: {t: [{m: '@now-3x'}]}, expect: pass}", 'tables.t.m: "@now-3x" is no moment: write @now'),
        ("- {name: a, tables: {t: [{m: '@date-999999999d'}]}, expect: pass}", "lies too far away: at most 100 years"),
        ("- {name: a, tables: {t: [{m: 9223372036854775808}]}, expect: pass}", "is more than a column holds"),
        ("- {name: a, tables: {T: []}, expect: pass}", 'tables: "T" is no table\'s name'),
        ("- {name: a, tables: {t: {c: 1}}, expect: pass}", 'tables.t: the key "error" is missing'),
        ("- {name: a, tables: {t: {error: mising}}, expect: pass}", 'found the text "mising": did you mean "missing"'),
        ("- {name: a, tables: {t: {lacks: [d]}}, expect: pass}", 'tables.t: the key "rows" is missing'),
        ("- {name: a, tables: {t: x}, expect: pass}", "tables.t: expected a list, found the text"),
        ("- {name: a, tables: {t: [x]}, expect: pass}", "tables.t: expected keys and values, found the text"),
        ("- {name: a, tables: {t: [{c: 1, c: 2}]}, expect: pass}", 'the key "c" stands on line 2 too'),
        ("- {name: a, tables: {}, expect: pass}\n" * 2, '3:5: name: "a" is the name of another case already'),
        ("[]", "cases: the list is empty"),
    ],
)
def test_each_mistake_is_told_with_its_place(
    written: Write, places: Places, check: Check, text: str, expected: str
) -> None:
    lines = "".join(f"  {line}\n" for line in text.strip().split("\n"))
    root = written({"x.yaml": f"cases:\n{lines}"})
    with pytest.raises(ContentError) as caught:
        read_cases(str(root / "x.yaml"), check, NOW)
    found = places(caught.value.mistakes)
    assert any(expected in mistake for mistake in found), found


def test_a_table_may_lack_columns_as_an_older_osquery_does(written: Write, check: Check) -> None:
    root = written(
        {"x.yaml": "cases: [{name: a, expect: error, tables: {t: {rows: [{c: 1}], lacks: [d]}, u: [{c: 1}]}}]"}
    )
    (case,) = read_cases(str(root / "x.yaml"), check)
    assert case.tables == {"t": [{"c": 1}], "u": [{"c": 1}]}
    assert [getattr(rows, "lacks", ()) for rows in case.tables.values()] == [("d",), ()]


def test_a_table_may_fail_without_a_message(written: Write, check: Check) -> None:
    root = written({"x.yaml": "cases: [{name: a, expect: error, tables: {t: {error: denied}}}]"})
    (case,) = read_cases(str(root / "x.yaml"), check)
    assert case.tables == {"t": Failure("denied", "the source may not be read")}


def test_what_the_cases_leave_out_is_named(check: Check) -> None:
    two = check._replace(platforms={"linux": Block("SELECT 1"), "darwin": Block("SELECT 1")})
    case = Case("a", "linux", live=True, privileged=True, parameters={}, tables={"t": [{}]}, expect=State.PASS)
    full = [
        case,
        case._replace(expect=State.FAIL),
        case._replace(expect=State.ERROR, tables={"t": []}),
    ]
    assert find_gaps(check, full) == []
    assert [str(gap) for gap in find_gaps(check, [case, case._replace(live=False, tables={})])] == [
        "linux: no case fails",
        "linux: no case has empty tables (tables: {})",
    ]
    assert [str(gap) for gap in find_gaps(two, full)] == [
        "darwin: no case passes",
        "darwin: no case fails",
        "darwin: no case has empty tables (tables: {})",
    ]


def test_cases_beside_no_check_are_found(written: Write) -> None:
    root = written({"a/x.yaml": "", "a/x.test.yaml": "", "a/y.test.yaml": ""})
    assert find_orphans(str(root)) == [str(root / "a/y.test.yaml")]
