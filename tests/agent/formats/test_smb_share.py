"""Shares as the server service of Windows keeps them."""

import pytest

from rempart_agent.formats import smb_share
from rempart_agent.source.contract import Malformed

# as the server service writes them: net share data=C:\data on Windows 10 gives these texts
TEXTS = ("CATimeout=0", "CSCFlags=0", "MaxUses=4294967295", r"Path=C:\data", "Permissions=0", "Remark=a=b", "Type=0")


def test_a_share_has_a_folder_and_a_type() -> None:
    assert smb_share.parse("data", TEXTS) == smb_share.Share("data", r"C:\data", 0, "a=b", smb_share.NO_LIMIT)


def test_a_share_may_have_another_name_than_its_value() -> None:
    assert smb_share.parse("x", (*TEXTS, "ShareName=clients")).name == "clients"


def test_names_of_fields_are_in_any_case() -> None:
    assert smb_share.parse("d", ("PATH=D:\\", "type=2147483648", "MAXUSES=5")) == smb_share.Share(
        "d", "D:\\", 0x80000000, "", 5
    )


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("Type=0",),
        (r"Path=C:\data",),
        (r"Path=C:\data", "Type=disk"),
        (r"Path=C:\data", "Type=-1"),
        (r"Path=C:\data", "Type=٣"),
        (r"Path=C:\data", "Type=99999999999"),
        (r"Path=C:\data", "Type=0", "Type=1"),
        (r"Path=C:\data", "Type=0", "MaxUses=many"),
        (r"Path=C:\data", "Type=0", "odd"),
    ],
)
def test_a_share_that_is_not_understood_is_an_error(texts: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        smb_share.parse("data", texts)
