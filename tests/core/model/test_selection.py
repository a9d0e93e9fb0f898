"""What a run asks: the profile's checks, narrowed, with the values in force."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rempart_core.error import UsageError
from rempart_core.model.check import Check, Severity
from rempart_core.model.parameter import Parameter
from rempart_core.model.profile import Change, Profile, Selector
from rempart_core.model.result import Exclusion
from rempart_core.model.selection import default_profile, find_profile, note_changes, parse_assignments, select
from rempart_core.text import Text

MakeCheck = Callable[..., Check]
NAME = Text("title", "titre")
WHY = Text("reason", "raison")


@pytest.fixture
def checks(check_of: MakeCheck) -> list[Check]:
    days = Parameter("days", "integer", 30, NAME, min=1)
    users = Parameter("users", "list", [], NAME)
    return [
        check_of("FWL-100", area="firewall"),
        check_of("FWL-11", area="firewall"),
        check_of("DSK-01", area="disk-encryption", parameters={"days": days, "users": users}),
        check_of("DSK-02", area="disk-encryption", roles=("image",)),
        check_of("DSK-03", area="disk-encryption", replaced_by="DSK-01"),
    ]


SERVER = Profile("server", NAME, Selector(roles=("server",)))
ALL = Profile("all", NAME, Selector(all=True))


def taking(**fields: Any) -> Profile:
    return Profile("p", NAME, Selector(**fields))


def ids(checks: Sequence[Check], profile: Profile, globs: Sequence[str] = ()) -> list[str]:
    return [selected.check.id for selected in select(checks, profile, "linux", globs)[0]]


def test_a_role_profile_takes_its_checks_in_the_order_of_ids(checks: list[Check]) -> None:
    assert ids(checks, SERVER) == ["DSK-01", "FWL-11", "FWL-100"]
    assert ids(checks, ALL) == ["DSK-01", "DSK-02", "FWL-11", "FWL-100"]
    assert ids(checks, taking(roles=("server",), areas=("firewall",))) == ["FWL-11", "FWL-100"]
    assert ids(checks, taking(roles=("server",), checks=("*-11", "DSK-*"))) == ["DSK-01", "FWL-11"]
    assert ids(checks, taking(checks=("DSK-*",))) == ["DSK-01", "DSK-02"]


def test_a_check_without_a_block_for_the_platform_is_selected(checks: list[Check]) -> None:
    selected, _ = select(checks, ALL, "windows")
    assert len(selected) == 4


def test_globs_and_areas_narrow(checks: list[Check]) -> None:
    assert ids(checks, ALL, ["dsk-*"]) == ["DSK-01", "DSK-02"]
    assert ids(checks, ALL, ["firewall"]) == ["FWL-11", "FWL-100"]
    assert ids(checks, ALL, ["disk-*, FWL-11"]) == ["DSK-01", "DSK-02", "FWL-11"]
    assert ids(checks, ALL, ["FWL-11", "DSK-01,"]) == ["DSK-01", "FWL-11"]


@pytest.mark.parametrize(
    ("profile", "globs", "message"),
    [
        (ALL, ["FWL-11", "FLW-*"], 'no check matches "FLW-*"'),
        (ALL, ["DSK-1"], 'no check matches "DSK-1": did you mean "DSK-01"'),
        (ALL, ["firewal"], 'no check matches "firewal": did you mean "firewall"?'),
        (ALL, [" , "], "no check is selected"),
        (ALL, ["dsk-03"], "DSK-03 was replaced by DSK-01"),
        (SERVER, ["DSK-02"], 'DSK-02 is not in the profile "server": choose another, such as --profile all'),
        (SERVER._replace(exclude={"DSK-01": WHY}), ["DSK-01"], 'the profile "server" leaves out DSK-01: reason'),
        (Profile("none", NAME, Selector(roles=("organisation",))), [], 'the profile "none" selects no check'),
        (Profile("empty", NAME), [], 'the profile "empty" selects no check'),
    ],
)
def test_a_selection_that_takes_nothing_is_refused(
    checks: list[Check], profile: Profile, globs: list[str], message: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        select(checks, profile, "linux", globs)


def test_what_the_profile_leaves_out_is_reported_with_its_reason(checks: list[Check]) -> None:
    profile = SERVER._replace(exclude={"FWL-11": WHY, "DSK-02": WHY})
    selected, exclusions = select(checks, profile, "linux")
    assert [one.check.id for one in selected] == ["DSK-01", "FWL-100"]
    assert exclusions == (Exclusion("FWL-11", WHY),)  # DSK-02 is no check of this role anyway


def test_a_severity_is_the_profiles_where_it_changes_it(checks: list[Check]) -> None:
    profile = SERVER._replace(severities={"DSK-01": Change(Severity.LOW, WHY)})
    assert [one.severity for one in select(checks, profile, "linux")[0]] == [
        Severity.LOW,
        Severity.MEDIUM,
        Severity.MEDIUM,
    ]


def test_a_changed_severity_is_noted_with_its_reason(checks: list[Check]) -> None:
    same = Change(Severity.MEDIUM, WHY)
    low = Change(Severity.LOW, WHY)
    profile = SERVER._replace(severities={"DSK-01": low, "FWL-11": same, "DSK-02": low})
    assert note_changes(select(checks, profile, "linux")[0], profile) == (
        Text(
            "the profile rates DSK-01 low instead of medium: reason",
            "le profil donne à DSK-01 la gravité faible au lieu de moyenne\u00a0: raison",
        ),
    )  # FWL-11 is medium anyway, DSK-02 is not asked


def test_a_given_value_goes_before_the_profiles_before_the_default(checks: list[Check]) -> None:
    profile = SERVER._replace(parameters={"DSK-01": {"days": 7}})
    assert select(checks, SERVER, "linux")[0][0].parameters == {"days": 30, "users": []}
    assert select(checks, profile, "linux")[0][0].parameters == {"days": 7, "users": []}
    given = {"DSK-01": {"days": 3, "users": ["a"]}}
    assert select(checks, profile, "linux", parameters=given)[0][0].parameters == {"days": 3, "users": ["a"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"DSK-01": {"days": 0}}, "the value of DSK-01.days: 0 is out of bounds"),
        ({"DSK-01": {"dayz": 1}}, 'DSK-01 has no parameter "dayz": did you mean "days"?'),
        ({"DSK-1": {"days": 1}}, 'no check has the id "DSK-1": did you mean "DSK-01"'),
    ],
)
def test_a_given_value_is_validated(checks: list[Check], given: dict[str, dict[str, int]], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        select(checks, SERVER, "linux", parameters=given)


def test_assignments_are_read(checks: list[Check]) -> None:
    assert parse_assignments(checks, ["DSK-01.days=14", "dsk-01.users=a=b,c"]) == {
        "DSK-01": {"days": 14, "users": ["a=b", "c"]}
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("DSK-01.days", "is not an assignment: write CHECK.NAME=VALUE, such as DSK-01.max_age_days=14"),
        ("days=14", "is not an assignment"),
        ("DSK-09.days=1", '"DSK-09.days=1": no check has the id "DSK-09": did you mean'),
        ("DSK-01.dayz=1", 'DSK-01 has no parameter "dayz": did you mean "days"?'),
        ("DSK-01.days=0", '"DSK-01.days=0": 0 is out of bounds: from 1 to'),
        ("DSK-01.days=x", 'expected a whole number in decimal digits, found "x"'),
    ],
)
def test_a_wrong_assignment_is_refused(checks: list[Check], text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_assignments(checks, [text])


def test_a_parameter_is_given_once(checks: list[Check]) -> None:
    with pytest.raises(UsageError, match=r"DSK-01.days is given twice"):
        parse_assignments(checks, ["DSK-01.days=1", "DSK-01.days=2"])


def test_a_profile_is_found_by_name() -> None:
    assert find_profile([SERVER, ALL], "all") is ALL
    assert find_profile([SERVER, ALL], default_profile("server")) is SERVER
    with pytest.raises(
        UsageError, match='there is no profile "sever": did you mean "server"\\? \\(available: all, server'
    ):
        find_profile([SERVER, ALL], "sever")


SEVERE = Change(Severity.CRITICAL, WHY)


@pytest.fixture
def mapped(check_of: MakeCheck) -> list[Check]:
    return [
        check_of(
            "AAA-01", roles=("server",), severity=Severity.HIGH, controls={"pci": ("8.3.1", "1.2"), "gdpr": ("32(1)",)}
        ),
        check_of("AAA-02", roles=("server",), severity=Severity.LOW, controls={"gdpr": ("5(1)",)}),
        check_of("AAA-03", roles=("image",), severity=Severity.HIGH, controls={"pci": ("8.20",)}),
        check_of("AAA-04", roles=("image",), severity=Severity.LOW),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"severity": (Severity.HIGH,)}, ["AAA-01", "AAA-03"]),
        ({"severity": (Severity.HIGH, Severity.LOW), "roles": ("image",)}, ["AAA-03", "AAA-04"]),
        ({"frameworks": ("pci",)}, ["AAA-01", "AAA-03"]),
        ({"frameworks": ("pci", "gdpr")}, ["AAA-01", "AAA-02", "AAA-03"]),
        ({"controls": {"pci": ("8.*",)}}, ["AAA-01", "AAA-03"]),
        ({"controls": {"pci": ("8.2",)}}, []),  # a requirement and not what begins like it
        ({"controls": {"pci": ("1.*",), "gdpr": ("5(*",)}}, ["AAA-01", "AAA-02"]),
        ({"controls": {"pci": ("8.*",)}, "frameworks": ("gdpr",)}, ["AAA-01"]),
        ({"all": True}, ["AAA-01", "AAA-02", "AAA-03", "AAA-04"]),
    ],
)
def test_keys_narrow_and_values_widen(mapped: list[Check], fields: dict[str, Any], expected: list[str]) -> None:
    if expected:
        assert ids(mapped, taking(**fields)) == expected
    else:
        with pytest.raises(UsageError, match="selects no check"):
            ids(mapped, taking(**fields))


IMAGES = Profile("images", NAME, Selector(roles=("image",)), exclude={"AAA-04": WHY})
SERVERS = Profile("servers", NAME, Selector(roles=("server",)))


def test_what_extends_others_selects_what_they_select_and_its_own(mapped: list[Check]) -> None:
    assert ids(mapped, Profile("p", NAME, parents=(SERVERS,))) == ["AAA-01", "AAA-02"]
    assert ids(mapped, Profile("p", NAME, Selector(checks=("AAA-03",)), (SERVERS,))) == ["AAA-01", "AAA-02", "AAA-03"]
    both = Profile("p", NAME, parents=(SERVERS, IMAGES))
    assert ids(mapped, both) == ["AAA-01", "AAA-02", "AAA-03"]
    assert ids(mapped, Profile("q", NAME, parents=(both,))) == ["AAA-01", "AAA-02", "AAA-03"]


def test_what_a_parent_leaves_out_is_reported_unless_somebody_else_takes_it(mapped: list[Check]) -> None:
    child = Profile("p", NAME, parents=(IMAGES,))
    assert select(mapped, child, "linux")[1] == (Exclusion("AAA-04", WHY),)
    taking_back = Profile("p", NAME, Selector(checks=("AAA-04",)), (IMAGES,))
    selected, exclusions = select(mapped, taking_back, "linux")
    assert [one.check.id for one in selected] == ["AAA-03", "AAA-04"]
    assert exclusions == ()
    own = Text("own", "propre")
    assert select(mapped, child._replace(exclude={"AAA-04": own}), "linux")[1] == (Exclusion("AAA-04", own),)
    with pytest.raises(UsageError, match='the profile "p" leaves out AAA-04: reason'):
        select(mapped, child, "linux", ["AAA-04"])


def test_only_narrows_what_is_inherited_too(mapped: list[Check]) -> None:
    high = Selector(severity=(Severity.HIGH, Severity.CRITICAL))
    child = Profile("p", NAME, parents=(SERVERS, IMAGES), only=high)
    assert ids(mapped, child) == ["AAA-01", "AAA-03"]
    assert select(mapped, child, "linux")[1] == ()  # what is not asked for is not left out either
    raised = child._replace(severities={"AAA-02": SEVERE})
    assert ids(mapped, raised) == ["AAA-01", "AAA-02", "AAA-03"]  # the severity in force decides


def test_a_parent_judges_by_its_own_severities(mapped: list[Check]) -> None:
    parent = Profile("p", NAME, Selector(severity=(Severity.CRITICAL,)), severities={"AAA-02": SEVERE})
    assert ids(mapped, Profile("q", NAME, parents=(parent,))) == ["AAA-02"]


def test_an_organisation_is_asked_its_own_checks_and_a_machine_none_of_these(
    checks: list[Check], check_of: MakeCheck
) -> None:
    both = [*checks, check_of("ORG-01", area="organisation", roles=("organisation",), controls={"gdpr": ("24",)})]
    for profile in (ALL, taking(areas=("organisation", "firewall")), taking(frameworks=("gdpr",), areas=("firewall",))):
        for platform in ("linux", "windows", ""):
            try:
                asked = {one.check.id for one in select(both, profile, platform)[0]}
            except UsageError:
                asked = set()  # nothing is left
            assert "ORG-01" not in asked
    assert [one.check.id for one in select(both, ALL, "organisation")[0]] == ["ORG-01"]
    with pytest.raises(UsageError, match="--registers"):
        select(both, ALL, "linux", ["ORG-*"])
    with pytest.raises(UsageError, match="asked of machines"):
        select(both, ALL, "organisation", ["FWL-11"])


def test_a_benchmark_check_is_selected_by_name_or_with_all_and_by_nothing_else(check_of: MakeCheck) -> None:
    both = [
        check_of("FIL-01", level="benchmark", area="files", controls={"gdpr": ("32",)}),
        check_of("FIL-02", area="files", controls={"gdpr": ("32",)}),
    ]
    assert ids(both, taking(all=True)) == ["FIL-01", "FIL-02"]
    assert ids(both, taking(checks=("FIL-*",))) == ["FIL-01", "FIL-02"]
    for fields in (
        {"roles": ("server",)},
        {"areas": ("files",)},
        {"frameworks": ("gdpr",)},
        {"controls": {"gdpr": "*"}},
    ):
        assert ids(both, taking(**fields)) == ["FIL-02"], fields
    assert ids(both, taking(severity=(Severity.MEDIUM,))) == ["FIL-02"]


def test_a_benchmark_check_that_the_user_names_is_asked_where_its_role_is(check_of: MakeCheck) -> None:
    checks = [check_of("FIL-01", level="benchmark", area="files"), check_of("FIL-02", area="files")]
    servers = taking(roles=("server",))
    assert ids(checks, servers, ["FIL-01"]) == ["FIL-01"]
    assert ids(checks, servers, ["files"]) == ["FIL-02"]  # an area is no name: its gate stays as it was
    with pytest.raises(UsageError):
        ids(checks, taking(roles=("image",)), ["FIL-01"])


def test_only_narrows_benchmark_checks_as_any_other(check_of: MakeCheck) -> None:
    checks = [check_of("FIL-01", level="benchmark"), check_of("FIL-02")]
    assert ids(checks, taking(all=True)._replace(only=Selector(roles=("server",)))) == ["FIL-01", "FIL-02"]
