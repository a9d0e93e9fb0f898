"""Table shared_resources of Windows."""

import pytest
from rempart_testing.registry_hive import Tree
from rempart_testing.windows_disk import WindowsDisk, software

from rempart_agent.source.contract import Malformed, Query, Row
from rempart_agent.tables.windows import shared_resources

DATA = ["MaxUses=4294967295", r"Path=C:\data", "Remark=all", "Type=0"]


def _rows(server: Tree, product: str = "WinNT") -> list[Row]:
    system: Tree = {
        "ControlSet001": {
            "Control": {"ProductOptions": {"ProductType": product}},
            "Services": {"LanmanServer": server},
        }
    }
    return list(shared_resources.rows(WindowsDisk(SYSTEM=system, SOFTWARE=software()), Query()))


def test_a_share_and_those_that_the_service_adds() -> None:
    rows = _rows({"Start": 2, "Shares": {"data": DATA, "few": [*DATA[1:], "MaxUses=5"], "Security": {}}})
    assert rows[0] == {
        "description": "all",
        "install_date": "",
        "status": "OK",
        "allow_maximum": 1,
        "maximum_allowed": -1,
        "name": "data",
        "path": r"C:\data",
        "type": 0,
        "type_name": "Disk Drive",
    }
    assert (rows[1]["allow_maximum"], rows[1]["maximum_allowed"]) == (0, 5)
    assert [(row["name"], row["path"], row["type"]) for row in rows[2:]] == [
        ("IPC$", "", 0x80000003),
        ("ADMIN$", "C:\\Windows", 0x80000000),
        ("C$", "C:\\", 0x80000000),
    ]


@pytest.mark.parametrize(
    ("product", "setting", "names"),
    [
        ("WinNT", "AutoShareWks", ["IPC$"]),
        ("WinNT", "AutoShareServer", ["IPC$", "ADMIN$", "C$"]),
        ("ServerNT", "AutoShareServer", ["IPC$"]),
    ],
)
def test_shares_for_administrators_can_be_turned_off(product: str, setting: str, names: list[str]) -> None:
    assert [row["name"] for row in _rows({"Start": 2, "Parameters": {setting: 0}}, product)] == names


def test_a_service_that_is_disabled_or_absent_shares_nothing() -> None:
    assert _rows({"Start": 4, "Shares": {"data": DATA}}) == []
    assert list(shared_resources.rows(WindowsDisk(SOFTWARE=software()), Query())) == []


@pytest.mark.parametrize("server", [{}, {"Start": "2"}, {"Start": 2, "Shares": {"data": "Path=C:\\"}}])
def test_what_is_not_understood_is_an_error(server: Tree) -> None:
    with pytest.raises(Malformed):
        _rows(server)
