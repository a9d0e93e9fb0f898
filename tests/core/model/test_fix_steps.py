"""The steps of a fix: a host gets those of its own system, and no others."""

from __future__ import annotations

import pytest

from rempart_core.model.check import Remediation, Step
from rempart_core.model.fix_steps import family_of, for_host, join_steps, names_for
from rempart_core.model.parameter import split
from rempart_core.text import Text

APT, DNF, ZYPPER, EVERY, MAC, LATER = (
    Step(command=command) for command in ("apt-get update", "dnf upgrade", "zypper patch", "nft list", "brew", "reboot")
)
PART = Remediation("", "manual", Text("", ""), (("debian", (APT,)), ("rhel", (DNF,)), ("any", (LATER,))))
WHOLE = PART._replace(steps=(("debian", (APT,)), ("linux", (EVERY,)), ("darwin", (MAC,))))


@pytest.mark.parametrize(
    ("platform", "system", "family"),
    [
        ("linux", "Debian GNU/Linux 13 (trixie)", "debian"),
        ("linux", "Ubuntu 24.04.1 LTS (Noble Numbat)", "debian"),
        ("linux", "Red Hat Enterprise Linux 9.4", "rhel"),
        ("linux", "Rocky Linux 9.4 (Blue Onyx)", "rhel"),
        ("linux", "Fedora Linux 41 (Workstation Edition)", "rhel"),
        ("linux", "openSUSE Leap 15.6", "suse"),
        ("linux", "SLES 15-SP6", "suse"),
        ("linux", "Arch Linux", "linux"),
        ("darwin", "macOS 15.1", "darwin"),
        ("windows", "Microsoft Windows 11 Pro", "windows"),
        ("", "", ""),
    ],
)
def test_the_family_goes_by_the_name_of_the_system(platform: str, system: str, family: str) -> None:
    assert family_of(platform, system) == family


@pytest.mark.parametrize(
    ("remediation", "platform", "system", "expected"),
    [
        (PART, "linux", "Debian GNU/Linux 13", (("debian", (APT, LATER)),)),
        (PART, "linux", "Arch Linux", (("debian", (APT, LATER)), ("rhel", (DNF, LATER)))),
        (PART, "windows", "Windows Server", (("any", (LATER,)),)),
        (WHOLE, "linux", "Debian GNU/Linux 13", (("debian", (APT,)),)),
        (WHOLE, "linux", "SLES 15-SP6", (("linux", (EVERY,)),)),
        (WHOLE, "linux", "Arch Linux", (("linux", (EVERY,)),)),
        (WHOLE, "darwin", "macOS 15.1", (("darwin", (MAC,)),)),
        (WHOLE, "", "", WHOLE.steps),
    ],
)
def test_a_host_gets_the_steps_of_its_own_system(
    remediation: Remediation, platform: str, system: str, expected: object
) -> None:
    found = for_host(remediation, platform, system)
    assert found.steps == expected
    assert found.manual == join_steps(found.steps)


def test_a_text_for_all_systems_stays_as_it_is() -> None:
    text = Remediation("", "manual", Text("fix it", "réparer"))
    assert for_host(text, "linux", "Debian GNU/Linux 13") == text


def test_steps_as_one_text_name_their_system_where_there_are_several() -> None:
    steps = (("debian", (APT, Step(Text("then this", "puis ceci")))), ("rhel", (Step(command="a\nb"),)))
    assert join_steps(steps) == Text(
        "Debian, Ubuntu:\n`apt-get update`\nthen this\nRHEL, Fedora:\na\nb",
        "Debian, Ubuntu:\n`apt-get update`\npuis ceci\nRHEL, Fedora:\na\nb",
    )
    assert join_steps(()) == Text("", "")


def test_names_are_those_that_statements_use() -> None:
    assert names_for(("SELECT :days > 2", "SELECT :hours")) == {"days", "hours"}


def test_names_are_the_same_of_statements_that_were_taken_apart() -> None:
    statements = ("SELECT ':no', :days -- :nor\n", "SELECT 1", "SELECT :hours /* :none */")
    parts = (split(statements[0]), None, split(statements[2]))
    told = (
        ("late", ("after {:limit}", "après {:limit}")),
        ("other", ("{:far}", "{:far}")),
        ("plain", ("a {x}", "un {x}")),
    )
    named = (*statements, "SELECT 'late plain'")
    assert names_for(named, told) == names_for(named, told, (*parts, None)) == {"days", "hours", "limit"}
