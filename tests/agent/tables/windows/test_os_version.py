"""Table os_version, of the registry."""

from __future__ import annotations

import pytest
from rempart_testing.windows_system import files, software, target

from rempart_agent.source.contract import Malformed, Query
from rempart_agent.tables.windows import os_version


def answer(**values: object) -> dict[str, object]:
    keys = software()
    version = keys["Microsoft"]["Windows NT"]["CurrentVersion"]
    version.update(values)
    for name in [name for name, value in version.items() if value is None]:
        del version[name]
    (row,) = os_version.rows(target(files(software_keys=keys)), Query())
    return dict(row)


def test_windows_11_says_10_in_its_registry() -> None:
    found = answer()
    assert (found["name"], found["version"], found["build"]) == ("Microsoft Windows 11 Pro", "10.0.22631", "22631")
    assert (found["platform"], found["arch"], found["revision"]) == ("windows", "64-bit", 3447)
    assert answer(CurrentBuildNumber="19045")["name"] == "Microsoft Windows 10 Pro"


def test_before_windows_10_the_version_is_a_text() -> None:
    old = answer(CurrentMajorVersionNumber=None, CurrentMinorVersionNumber=None, CurrentBuildNumber="9600")
    assert old["version"] == "6.3.9600"


def test_a_registry_that_does_not_say_which_windows_it_is_is_an_error() -> None:
    with pytest.raises(Malformed):
        answer(CurrentBuild=None, CurrentBuildNumber=None)
    with pytest.raises(Malformed):
        answer(CurrentBuildNumber="x")
