"""Table programs, of the registry of a disk: osquery's programs.cpp says which keys."""

from __future__ import annotations

from typing import Any

import pytest
from rempart_testing.windows_system import files, hive, software, target, user

from rempart_agent.source.contract import Query, Unfit
from rempart_agent.tables.windows import programs

MANIFEST = b"""<Package><Identity Name="Vendor.App" Publisher="CN=Vendor" Version="1.2.3.0"/>
<Properties><DisplayName>ms-resource:Name</DisplayName><PublisherDisplayName>Vendor Ltd</PublisherDisplayName>
</Properties></Package>"""
FULL = "Vendor.App_1.2.3.0_x64__8wekyb3d8bbwe"
PLACE = "C:\\Program Files\\Vendor"


def answer(manifest: bytes | None = MANIFEST, software_keys: Any = None) -> list[dict[str, Any]]:
    own = user()
    own["Software"]["Microsoft"]["Windows"] = {
        "CurrentVersion": {"Uninstall": {"Zoom": {"displayname": "Zoom", "DisplayVersion": "5.1"}}}
    }
    repository = {"AppModel": {"Repository": {"Packages": {FULL: {"PackageRootFolder": PLACE}}}}}
    classes = {"Local Settings": {"Software": {"Microsoft": {"Windows": {"CurrentVersion": repository}}}}}
    content = files(user_keys=own, software_keys=software_keys)
    content["Users/alice/AppData/Local/Microsoft/Windows/UsrClass.dat"] = hive(classes)
    if manifest is not None:
        content["Program Files/Vendor/AppxManifest.xml"] = manifest
    return [dict(row) for row in programs.rows(target(content), Query(frozenset(("upgrade_code",))))]


def test_programs_of_the_machine_of_users_and_of_the_store_are_listed() -> None:
    found = {row.get("name"): row for row in answer()}
    assert set(found) == {"7-Zip 23.01 (x64 edition)", "Zoom", "Vendor.App"}
    assert found["7-Zip 23.01 (x64 edition)"]["identifying_number"] == "{23170F69-40C1-2702-2301-000001000000}"
    store = found["Vendor.App"]
    assert (store["publisher"], store["version"], store["install_date"]) == ("Vendor Ltd", "1.2.3.0", "20231114")
    assert (store["install_location"], store["package_family_name"]) == (PLACE, "Vendor.App_8wekyb3d8bbwe")


def test_a_package_without_its_manifest_is_left_out_and_one_that_can_not_be_read_is_an_error() -> None:
    assert "Vendor.App" not in {row.get("name") for row in answer(None)}
    with pytest.raises(Unfit):
        answer(b"x" * (5 << 20))


def test_what_upgrades_a_product_is_found_by_its_packed_code() -> None:
    keys = software()
    packed = "96F071321C0420723210000010000000"  # 7-Zip's, in HKCR\\Installer\\Products
    keys["Classes"] = {"Installer": {"UpgradeCodes": {"96F071321C042072000000000000FFFF": {packed: ""}}}}
    found = [row.get("upgrade_code") for row in answer(software_keys=keys)]
    assert "{23170F69-40C1-2702-0000-00000000FFFF}" in found


def test_codes_and_families_are_unpacked_as_osquery_does() -> None:
    assert programs.unpack_code("2CCAB6107DB47314AB175756630CCD04") == "{016BACC2-4BD7-4137-BA71-756536C0DC40}"
    assert programs.unpack_code("short") == ""
    assert programs.family_of("MSTeams_25060.205.3499.6849_arm64__8wekyb3d8bbwe") == "MSTeams_8wekyb3d8bbwe"
    family = programs.family_of("Windows.PrintDialog_6.2.3.0_neutral_neutral_cw5n1h2txyewy")
    assert family == "Windows.PrintDialog_cw5n1h2txyewy"
    assert programs.family_of("nothing") == ""
