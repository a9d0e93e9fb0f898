"""Waiver files: dates, zones, and what stops the audit before it begins."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from rempart_core.content.waiverfile import read_waivers
from rempart_core.error import ContentError, Mistake
from rempart_core.model.waiver import Waiver

Write = Callable[..., Path]
Places = Callable[[list[Mistake]], list[str]]
KNOWN = ["DSK-01", "FWL-01"]
NOW = datetime.fromisoformat("2026-11-01T00:00:00+00:00").timestamp()


def instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.fixture
def read_one(written: Write) -> Callable[..., Waiver]:
    """Read a file with one waiver of DSK-01 made of these lines."""

    def read(lines: str, head: str = "") -> Waiver:
        text = f"{head}\nwaivers:\n  - check: DSK-01\n    reason: r\n    owner: o\n"
        text += "".join(f"    {line}\n" for line in lines.split("\n"))
        (waiver,) = read_waivers(str(written({"w.yaml": text}) / "w.yaml"), KNOWN, NOW)
        return waiver

    return read


def test_the_worked_example_is_read_whole(example: Path) -> None:
    file = str(example / "waivers.yaml")
    assert read_waivers(file, KNOWN) == [
        Waiver(
            check="DSK-01",
            reason="the recorder's volume is replaced in March",
            owner="a.martin",
            start=instant("2026-01-15T00:00:00+01:00"),
            end=instant("2026-03-31T23:59:59.999999+02:00"),
            end_text="2026-03-31 Europe/Paris",
            target="recorder-*",
            items=("/dev/sdb*",),
            file=file,
            line=3,
        ),
        Waiver(
            check="DSK-01",
            reason="laboratory machines hold no customer data",
            owner="b.durand",
            end=instant("2026-06-30T18:00:00+02:00"),
            end_text="2026-06-30T18:00:00+02:00",
            group="lab",
            file=file,
            line=10,
        ),
    ]


def test_a_waiver_may_name_its_ticket(read_one: Callable[..., Waiver]) -> None:
    assert read_one("ticket: SEC-4711\nend: 2026-12-31").ticket == "SEC-4711"
    assert read_one("end: 2026-12-31").ticket == ""


@pytest.mark.parametrize(
    ("lines", "head", "end"),
    [
        ("end: 2026-12-31", "", "2026-12-31T23:59:59.999999+00:00"),
        ("end: '2026-12-31'", "", "2026-12-31T23:59:59.999999+00:00"),
        ("end: 2026-12-31", "timezone: Pacific/Auckland", "2026-12-31T23:59:59.999999+13:00"),
        ("end: 2026-12-31\ntimezone: America/New_York", "timezone: UTC", "2026-12-31T23:59:59.999999-05:00"),
        ("end: 2027-02-28", "", "2027-02-28T23:59:59.999999+00:00"),
        ("end: 2026-12-31T08:00:00Z", "timezone: Europe/Paris", "2026-12-31T08:00:00+00:00"),
        ("end: 2026-12-31T08:00:00.5-03:30", "", "2026-12-31T08:00:00.5-03:30"),
        # the day on which clocks go forward at midnight, so that the next day has no 00:00
        ("end: 2026-04-23", "timezone: Africa/Cairo", "2026-04-23T23:59:59.999999+02:00"),
    ],
)
def test_a_date_is_the_end_of_that_day_in_its_zone(
    read_one: Callable[..., Waiver], lines: str, head: str, end: str
) -> None:
    assert read_one(lines, head).end == instant(end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {reason: r, owner: o, end: 2026-12-31}", '2:5: waiver: the key "check" is missing'),
        ("- {check: DSK-01, owner: o, end: 2026-12-31}", '2:5: waiver: the key "reason" is missing'),
        ("- {check: DSK-01, reason: r, end: 2026-12-31}", '2:5: waiver: the key "owner" is missing'),
        ("- {check: DSK-01, reason: r, owner: o}", '2:5: waiver: the key "end" is missing'),
        (
            "- {check: DKS-01, reason: r, owner: o, end: 2026-12-31}",
            '2:13: check: no check has the id "DKS-01": did you',
        ),
        ("- {check: DSK-01, reason: '  ', owner: o, end: 2026-12-31}", "2:29: reason: the text is empty"),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 2026-02-30}",
            "2:47: end: there is no such date as 2026-02-30: day",
        ),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 31/12/2026}",
            '2:47: end: "31/12/2026" is no date: write YYYY-MM-',
        ),
        ("- {check: DSK-01, reason: r, owner: o, end: 2026-12}", '2:47: end: "2026-12" is no date: write YYYY-MM-DD'),
        ("- {check: DSK-01, reason: r, owner: o, end: 2026-12-31T10:00:00}", "is no date: write YYYY-MM-DD, like"),
        ("- {check: DSK-01, reason: r, owner: o, end: never}", 'end: "never" is no date'),
        ("- {check: DSK-01, reason: r, owner: o, end: }", 'end: "" is no date'),
        ("- {check: DSK-01, reason: r, owner: o, end: 9999-12-31}", "end: 9999-12-31 lies beyond every calendar"),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 2026-01-01, start: 2026-01-02}",
            "2:47: end: it lies before start",
        ),
        ("- {check: DSK-01, reason: r, owner: o, end: 2026-12-31, until: 1}", '2:59: unknown key "until"'),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 2026-12-31, items: []}",
            "2:66: items: the list is empty: name what",
        ),
        ("- {check: DSK-01, reason: r, owner: o, end: 2026-12-31, items: x}", "items: expected a list, found the text"),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 2026-12-31, timezone: Europe/Pariss}",
            'did you mean "Europe/Paris"',
        ),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 2026-12-31, timezone: ../../etc/passwd}",
            "there is no time zone",
        ),
        ("- {check: DSK-01, reason: r, owner: o, end: 2026-12-31, timezone: Europe}", "there is no time zone"),
        (
            "- {check: DSK-01, reason: r, owner: o, end: 2026-12-31}\n" * 2,
            "3:5: the same waiver stands on line 2 already",
        ),
        ("- DSK-01", "2:5: waiver: expected keys (check, reason, owner,"),
    ],
)
def test_each_mistake_is_told_with_its_place(written: Write, places: Places, text: str, expected: str) -> None:
    lines = "".join(f"  {line}\n" for line in text.strip().split("\n"))
    root = written({"w.yaml": f"waivers:\n{lines}"})
    with pytest.raises(ContentError) as caught:
        read_waivers(str(root / "w.yaml"), KNOWN)
    found = places(caught.value.mistakes)
    assert any(expected in mistake for mistake in found), found


def test_a_file_of_another_kind_is_a_mistake(written: Write, places: Places) -> None:
    root = written({"w.yaml": "- check: DSK-01\n"})
    with pytest.raises(ContentError) as caught:
        read_waivers(str(root / "w.yaml"), KNOWN)
    assert places(caught.value.mistakes) == ['1:1: expected keys and values ("key: value"), found a list']
    with pytest.raises(ContentError, match="no such file"):
        read_waivers(str(root / "none.yaml"), KNOWN)


def test_without_zone_data_utc_works_and_the_rest_says_what_is_missing(
    written: Write, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", fail)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    waiver = "waivers: [{check: DSK-01, reason: r, owner: o, end: 2026-12-31}]"
    root = written({"utc.yaml": f"timezone: UTC\n{waiver}\n", "paris.yaml": f"timezone: Europe/Paris\n{waiver}\n"})
    assert read_waivers(str(root / "utc.yaml"), KNOWN, NOW)[0].end_text == "2026-12-31 UTC"
    with pytest.raises(ContentError) as caught:
        read_waivers(str(root / "paris.yaml"), KNOWN, NOW)
    (mistake,) = places(caught.value.mistakes)
    assert mistake.startswith('1:11: timezone: "Europe/Paris" can\'t be looked up: this machine has no time zone data')


def test_a_waiver_that_lasts_too_long_is_refused_with_the_reason(written: Write, places: Places) -> None:
    text = "waivers:\n- {check: DSK-01, reason: r, owner: o, end: 2027-11-02}\n"
    file = str(written({"w.yaml": text}) / "w.yaml")
    with pytest.raises(ContentError) as caught:
        read_waivers(file, KNOWN, NOW)
    (mistake,) = places(caught.value.mistakes)
    assert mistake == "2:3: the waiver of DSK-01 ends in 367 days, and 366 are allowed: give it an earlier end"
    assert len(read_waivers(file, KNOWN, NOW + 86_400)) == 1
    with pytest.raises(ContentError, match="and 90 are allowed"):
        read_waivers(file, KNOWN, NOW + 86_400, most_days=90)
