"""Table rempart_unit: how units are set up, and when timers come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import rempart_unit
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
LIB, ETC, RUN = "/usr/lib/systemd/system/", "/etc/systemd/system/", "/run/systemd/system/"
SERVICE = "[Service]\nExecStart=/usr/sbin/daemon -f\n[Install]\nWantedBy=multi-user.target\n"
DAY = 86400


def _ask(target: RootTarget, *names: str) -> dict[str, dict[str, Any]]:
    columns = frozenset(c.name for c in rempart_unit.COLUMNS)
    asked = (Constraint("name", "=", names),) if names else ()
    return {str(row["name"]): dict(row) for row in rempart_unit.rows(target, Query(columns, asked))}


def _timer(root_of: RootOf, text: str, **more: str) -> dict[str, Any]:
    target = root_of({LIB + "a.timer": "[Timer]\n" + text + "\n", **more})
    return _ask(target, "a.timer")["a.timer"]


def _link(target: RootTarget, path: str, to: str) -> None:
    place = Path(target.root + path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(to)


def test_a_name_without_a_file_has_a_row_that_says_so(root_of: RootOf) -> None:
    row = _ask(root_of({LIB + "a.service": SERVICE}), "b.service")["b.service"]
    assert (row["load"], row["state"]) == ("not-found", "not-found")


def test_what_stands_for_the_name_of_a_unit_with_two_names_is_not_known(root_of: RootOf) -> None:
    """systemd reads a unit under the name by which it is asked for first, and that is a matter of luck."""
    target = root_of(
        {
            LIB + "a.service": "[Service]\nExecStart=/bin/%p -f\nUser=%p\n",
            LIB + "a.timer": "[Timer]\nOnCalendar=daily\nUnit=%p-run.service\n",
        }
    )
    assert (_ask(target, "a.service")["a.service"]["exec"], _ask(target, "a.timer")["a.timer"]["starts"]) == (
        "/bin/a -f",
        "a-run.service",
    )
    _link(target, ETC + "b.service", "a.service")
    _link(target, ETC + "b.timer", "a.timer")
    again = RootTarget(target.root)
    service, timer = _ask(again, "a.service")["a.service"], _ask(again, "a.timer")["a.timer"]
    assert (service["exec"], service["user"], timer["starts"]) == ("/bin/%p -f", "%p", "")


def test_the_command_that_counts_is_the_drop_in_s(root_of: RootOf) -> None:
    target = root_of(
        {
            LIB + "a.service": SERVICE,
            "/usr/local/lib/systemd/system/a.service.d/10.conf": "[Service]\nExecStart=\n"
            "ExecStart=-/bin/true \\\n# no\n x\n",
        }
    )
    row = _ask(target)["a.service"]
    assert (row["exec"], row["program"]) == ("-/bin/true   x", "/bin/true")
    assert row["dropins"] == "/usr/local/lib/systemd/system/a.service.d/10.conf"


def test_a_drop_in_of_the_type_and_of_the_prefix_counts(root_of: RootOf) -> None:
    target = root_of(
        {
            LIB + "a-b.service": SERVICE,
            ETC + "service.d/50.conf": "[Service]\nUser=all\n",
            ETC + "a-.service.d/60.conf": "[Service]\nUser=%p\n",
        }
    )
    assert _ask(target)["a-b.service"]["user"] == "a-b"


def test_an_empty_file_masks_and_a_masked_timer_never_comes(root_of: RootOf) -> None:
    row = _timer(root_of, "OnCalendar=daily", **{ETC + "a.timer": ""})
    assert (row["load"], row["state"], row["comes"]) == ("masked", "masked", 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("OnCalendar=2020-01-01", "no time"),
        ("OnCalendar=*-02-30", "no time"),
        ("OnCalendar=daily\nOnCalendar=", "no time"),
        ("OnCalendar=dayly", "no time"),
        ("OnBootSec=infinity", "no time"),
        ("OnCalendar=daily\nRandomizedDelaySec=infinity", "without end"),
    ],
)
def test_a_timer_that_never_comes(root_of: RootOf, text: str, why: str) -> None:
    row = _timer(root_of, text)
    assert (row["comes"], row["next_run"]) == (0, None)
    assert why in row["why"]


def test_a_timer_that_comes_late(root_of: RootOf) -> None:
    row = _timer(
        root_of, "OnCalendar=daily", **{ETC + "a.timer.d/x.conf": "[Timer]\nOnCalendar=\nOnCalendar=2190-01-01\n"}
    )
    assert row["comes"] == 1
    assert row["next_run"] > time.time() + 365 * DAY


def test_a_daily_timer(root_of: RootOf) -> None:
    row = _timer(root_of, "OnCalendar=*-*-* 6,18:00\nRandomizedDelaySec=12h\nAccuracySec=1s\nUnit=b.service")
    assert (row["comes"], row["delay_s"], row["interval_s"], row["starts"]) == (1, 43201, 43200, "b.service")
    assert 43200 < row["next_run"] - time.time() <= 43200 + 43201  # as late as it may be


def test_a_random_delay_that_puts_a_timer_off_for_years_counts(root_of: RootOf) -> None:
    row = _timer(root_of, "OnCalendar=daily\nRandomizedDelaySec=1000weeks")
    assert row["next_run"] > time.time() + 999 * 7 * DAY


def test_a_timer_that_counts_from_its_unit_s_last_run_is_not_known(root_of: RootOf) -> None:
    row = _timer(root_of, "OnUnitActiveSec=1d")
    assert (row["comes"], row["interval_s"]) == (None, DAY)
    assert "a.service" in row["why"]


def test_a_timer_after_the_start_that_repeats(root_of: RootOf) -> None:
    row = _timer(root_of, "OnBootSec=15min\nOnUnitActiveSec=1d")
    assert (row["comes"], row["interval_s"]) == (1, DAY)


def test_conditions_that_files_answer(root_of: RootOf) -> None:
    target = root_of(
        {
            LIB + "a.service": "[Unit]\nConditionPathExists=/etc/on\nConditionPathExists=!/etc/off\n" + SERVICE,
            LIB + "b.service": "[Unit]\nConditionPathExists=/etc/gone\nConditionHost=x\n" + SERVICE,
            LIB + "c.service": "[Unit]\nConditionPathExists=/etc/gone\nConditionHost=\n" + SERVICE,
            LIB + "d.service": "[Unit]\nConditionPathExists=|/etc/gone\nConditionPathExists=|/etc/on\n" + SERVICE,
            LIB + "e.service": "[Unit]\nConditionVirtualization=!container\n" + SERVICE,
            "/etc/on": "x",
        }
    )
    assert {n: row["condition_met"] for n, row in _ask(target).items()} == {
        "a.service": 1,
        "b.service": 0,
        "c.service": 1,
        "d.service": 1,
        "e.service": None,
    }


def test_a_section_that_is_cut_short_is_an_error_not_a_unit(root_of: RootOf) -> None:
    row = _ask(root_of({LIB + "a.service": "[Service\nExecStart=/bin/true\n"}))["a.service"]
    assert (row["load"], row["state"], row.get("exec")) == ("error", "bad", None)
    assert "line 1" in row["why"]


def test_an_instance_that_is_pulled_in_is_listed(root_of: RootOf) -> None:
    target = root_of({LIB + "a@.service": "[Service]\nExecStart=/bin/a %i\n"})
    _link(target, ETC + "multi-user.target.wants/a@x.service", LIB + "a@.service")
    row = _ask(target)["a@x.service"]
    assert (row["state"], row["exec"], row["wanted_by"]) == ("enabled", "/bin/a x", "multi-user.target")


TARGETS = {
    LIB + "multi-user.target": "[Unit]\nRequires=basic.target\n",
    LIB + "basic.target": "[Unit]\nWants=timers.target\n",
    LIB + "timers.target": "[Unit]\nDescription=x\n",
    LIB + "other.target": "[Unit]\nDescription=x\n",
}


def test_what_the_start_pulls_in(root_of: RootOf) -> None:
    target = root_of({**TARGETS, LIB + "a.service": SERVICE, LIB + "b.service": SERVICE, LIB + "t@.service": SERVICE,
        LIB + "c.service": SERVICE, LIB + "a.timer": "[Timer]\nOnCalendar=daily\n", LIB + "d.service": SERVICE,
        ETC + "a.service.d/x.conf": "[Unit]\nWants=d.service\n"})  # fmt: skip
    _link(target, LIB + "default.target", "multi-user.target")
    _link(target, ETC + "multi-user.target.wants/a.service", LIB + "a.service")
    _link(target, ETC + "multi-user.target.wants/t@x.service", LIB + "t@.service")
    _link(target, ETC + "timers.target.wants/a.timer", LIB + "a.timer")
    _link(target, ETC + "other.target.wants/b.service", LIB + "b.service")
    at_boot = {n: row["at_boot"] for n, row in _ask(target).items() if not n.endswith(".target")}
    assert at_boot == {
        "a.service": 1,
        "a.timer": 1,
        "d.service": 1,
        "t@x.service": 1,
        "b.service": 0,
        "c.service": 0,
        "t@.service": 0,
    }


def test_what_lies_in_run_is_gone_at_the_next_start(root_of: RootOf) -> None:
    """``systemctl mask --runtime`` and ``enable --runtime`` last until then; a generator makes its units anew."""
    target = root_of({**TARGETS, LIB + "a.service": SERVICE, LIB + "b.service": SERVICE, LIB + "c.service": SERVICE,
        LIB + "d.service": SERVICE, "/run/systemd/generator/e.service": SERVICE, RUN + "f.service": SERVICE,
        "/run/systemd/system.control/a.service.d/x.conf": "[Unit]\nWants=d.service\n"})  # fmt: skip
    _link(target, LIB + "default.target", "multi-user.target")
    for name in ("a", "b"):
        _link(target, ETC + "multi-user.target.wants/" + name + ".service", LIB + name + ".service")
    for name in ("c", "f"):
        _link(target, RUN + "multi-user.target.wants/" + name + ".service", LIB + name + ".service")
    _link(target, "/run/systemd/generator/multi-user.target.wants/e.service", "../e.service")
    _link(target, RUN + "b.service", "/dev/null")
    rows = _ask(target, *(name + ".service" for name in "abcdef"))
    assert {name[0]: row["at_boot"] for name, row in rows.items()} == {"a": 1, "b": 1, "c": 0, "d": 0, "e": 1, "f": 0}
    assert (rows["b.service"]["load"], rows["b.service"]["state"]) == ("masked", "masked-runtime")


def test_without_a_default_target_nobody_knows_what_is_started(root_of: RootOf) -> None:
    target = root_of({LIB + "a.service": SERVICE})
    _link(target, ETC + "multi-user.target.wants/a.service", LIB + "a.service")
    assert _ask(target)["a.service"]["at_boot"] is None


def test_a_template_is_right_where_its_instances_are(root_of: RootOf) -> None:
    row = _ask(root_of({LIB + "user@.service": "[Service]\nUser=%i\nExecStart=/lib/x/%i\n"}))["user@.service"]
    assert (row["load"], row["why"]) == ("loaded", "")


@pytest.mark.parametrize(
    "text",
    [
        "[Service]\nExecStart=relative/path\n",
        "[Service]\nExecStart=/bin/a\nExecStart=/bin/b\n",
        "[Service]\nUser=a:b\nExecStart=/bin/a\n",
        "[Service]\nUser=root\n",
    ],
)
def test_a_service_that_systemd_refuses(root_of: RootOf, text: str) -> None:
    row = _ask(root_of({LIB + "a.service": text}))["a.service"]
    assert row["load"] == "bad-setting"
    assert row["why"]


def test_a_folder_that_may_not_be_read_is_an_error(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    target = root_of({LIB + "a.service": SERVICE, ETC + "a.service": SERVICE})
    deny(target, ETC.rstrip("/"))
    with pytest.raises(Denied):
        _ask(target)


def test_what_a_unit_is_preset_to(root_of: RootOf) -> None:
    rules = {
        "/usr/lib/systemd/system-preset/90-vendor.preset": "enable a.service\ndisable *\n",
        "/etc/systemd/system-preset/10-own.preset": "# enable b.service\ndisable a.service\nignore c.*\n",
    }
    target = root_of({LIB + n + ".service": SERVICE for n in "abc"} | rules)
    found = {name: row["preset"] for name, row in _ask(target).items()}
    assert found == {"a.service": "disabled", "b.service": "disabled", "c.service": "ignored"}
