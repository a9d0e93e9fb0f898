"""What makes a run say less than the checks is told first."""

from __future__ import annotations

from rempart_testing.run import make_result, make_run

from rempart_core.model.deviation import list_deviations, show_value, tell_values
from rempart_core.model.parameter import Parameter, find_everything
from rempart_core.model.result import AppliedWaiver, Exclusion, Result, Run
from rempart_core.text import Text


def test_a_run_of_the_whole_profile_deviates_in_nothing() -> None:
    assert list_deviations(make_run("web", 0, [])) == []


def test_everything_that_accepts_more_is_told() -> None:
    result: Result = make_result("ACC-03")._replace(
        check="ACC-03", parameters={"least": 4, "names": ["a"] * 9}, defaults={"least": 12, "names": []},
        waiver=AppliedWaiver("r", "o", "2026-12-31 UTC"),
    )  # fmt: skip
    run: Run = make_run("web", 0, [result])._replace(
        narrowed=("ACC-*",), excluded=(Exclusion("RMT-01", Text("why", "pourquoi")),)
    )
    told = {one.kind: one for one in list_deviations(run)}
    assert list(told) == ["narrowed", "values", "waivers", "left_out"]
    assert told["narrowed"].text.en == "Only a part was asked: --checks ACC-*"
    assert "vérifications (2)\u00a0: ACC-03.least = 4 (par défaut 12)" in told["values"].text.fr
    assert "9 values" in told["values"].plain
    assert told["waivers"].plain == "ACC-03"
    assert told["left_out"].plain == "RMT-01"
    assert tell_values(result)[0] == "ACC-03.least=4 (12)"


def test_what_supports_a_benchmark_is_said_to_be_no_certification() -> None:
    run = make_run("web", 0, [])._replace(profile="supports-pci-dss-4-rhel-9", narrowed=("ACC-*",))
    first = list_deviations(run)[0]
    assert (first.kind, first.plain) == ("no_certification", "supports-pci-dss-4-rhel-9")
    assert "no certification" in first.text.en
    assert "pas une certification" in first.text.fr
    assert "no check answers in full are still to be judged" in first.text.en
    assert "restent à juger" in first.text.fr


def test_of_a_long_list_is_told_what_it_lost_and_gained() -> None:
    own = [[f"/{number}", "0644"] for number in range(31)]
    result = make_result("FIL-05")._replace(
        check="FIL-05", parameters={"files": [["/0", "0600"], *own[2:]]}, defaults={"files": tuple(own)}
    )
    (told,) = list_deviations(make_run("web", 0, [result]))
    assert told.text.en.endswith(": FIL-05.files: 30 values (default 31; 2 left out, 1 added)")
    assert told.text.fr.endswith("FIL-05.files\u00a0: 30 valeurs (par défaut 31\u202f; 2 en moins, 1 en plus)")


def test_a_list_that_only_lost_values_gained_none_and_what_is_not_shown_is_counted() -> None:
    names = [str(number) for number in range(25)]
    result = make_result("FIL-05")._replace(
        check="FIL-05", parameters={"files": names[:9], **dict.fromkeys(names, 1)},
        defaults={"files": names[:10], **dict.fromkeys(names, 2)},
    )  # fmt: skip
    (told,) = list_deviations(make_run("web", 0, [result]))
    assert told.text.en.startswith(
        "Values that differ from the checks’ own (26): FIL-05.files: 9 values (default 10; 1 left out), "
    )
    assert told.text.en.endswith(" and 14 more")
    assert told.text.fr.endswith(" et 14 de plus")


def test_long_values_are_cut() -> None:
    assert len(show_value("x" * 1000)) < 100
    assert len(show_value([["y" * 1000] * 50] * 50)) < 3000


def test_a_list_that_accepts_everything_is_found() -> None:
    kind = Parameter("allowed", "list", [], Text("t", "t"))
    assert find_everything(kind, ["10.0.0.0/8", "0.0.0.0/0"]) == "'0.0.0.0/0'"
    assert find_everything(kind, ["%"]) == "'%'"
    assert not find_everything(kind, ["10.0.0.0/8", "a%"])
    rows = kind._replace(type="rows", columns=("path",))
    assert find_everything(rows, [["/srv"], ["/%%"]]) == "'/%%'"
    assert not find_everything(rows._replace(columns=("path", "any")), [["/srv", "any"]])
