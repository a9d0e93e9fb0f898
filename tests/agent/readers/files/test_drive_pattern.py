r"""Paths of Windows that a statement names: as osquery's ``platformGlob`` finds them."""

from __future__ import annotations

import pytest
from rempart_testing.windows_system import target

from rempart_agent.images.windows.target import WindowsTarget
from rempart_agent.readers.files import drive_pattern
from rempart_agent.source.contract import Constraint, NotObservable, Query


@pytest.fixture(scope="module")
def found() -> WindowsTarget:
    names = ("Data/Invoices/A.pdf", "Data/Invoices/.hidden", "Data/old/2020/x.PDF", "Data/readme.txt", "Top.txt")
    from rempart_testing.windows_system import files

    return target({**files(), **dict.fromkeys(names, b"x")}, Loop="\\??\\C:\\Data")


def test_a_percent_is_any_name_of_one_level_in_any_case(found: WindowsTarget) -> None:
    def expand(pattern: str) -> list[str]:
        return drive_pattern.expand(found, [pattern])

    assert expand("C:\\data\\INV%\\%.PDF") == ["C:\\data\\Invoices\\A.pdf"]
    assert expand("C:\\Data\\Invoices\\%") == ["C:\\Data\\Invoices\\.hidden", "C:\\Data\\Invoices\\A.pdf"]
    assert expand("C:/Data/%/") == ["C:\\Data\\Invoices\\", "C:\\Data\\old\\"]
    assert expand("C:\\Data\\README.TXT") == ["C:\\Data\\readme.txt"]
    assert expand("C:\\Data\\readme.txt\\%") == []
    assert expand("C:\\Nothing\\%") == expand("D:\\%") == expand("%:\\Data\\%") == expand("/Data/%") == []


def test_two_at_the_end_are_all_below_each_folder_once(found: WindowsTarget) -> None:
    below = drive_pattern.expand(found, ["C:\\Data\\%%"])
    assert {"C:\\Data\\old\\2020\\x.PDF", "C:\\Data\\old\\2020\\", "C:\\Data\\Invoices\\.hidden"} <= set(below)
    everything = drive_pattern.expand(found, ["C:\\%%"])
    assert len([path for path in everything if path.lower().endswith("x.pdf")]) == 1


def test_folders_are_those_of_the_pattern_and_paths_those_that_were_named(found: WindowsTarget) -> None:
    query = Query(frozenset(), (Constraint("directory", "LIKE", ("C:\\Data\\%",)),))
    assert drive_pattern.folders(found, query) == ["C:\\Data\\Invoices\\", "C:\\Data\\old\\"]
    query = Query(frozenset(), (Constraint("path", "=", ("C:\\x", "C:\\a")),))
    assert drive_pattern.paths(found, query) == ["C:\\a", "C:\\x"]


def test_a_drive_of_which_nothing_is_known_is_no_empty_one() -> None:
    with pytest.raises(NotObservable):
        drive_pattern.expand(target(others=True), ["D:\\Backup\\%"])
