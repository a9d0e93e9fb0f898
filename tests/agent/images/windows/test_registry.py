"""The hives of a disk as one registry."""

from __future__ import annotations

import pytest
from rempart_testing.registry_hive import hive, torn
from rempart_testing.windows_system import CONFIG, SID, files, software, system, target

from rempart_agent.source.contract import Malformed, Missing, NotObservable, SourceError, Unfit
from rempart_agent.source.registry import text_of

LOCAL = "HKEY_LOCAL_MACHINE\\"


def test_the_current_control_set_is_the_one_that_select_says() -> None:
    found = target()
    for path in ("SYSTEM\\CurrentControlSet\\Services\\Dnscache", "system\\controlset002\\services\\DNSCACHE"):
        key = found.registry(LOCAL + path)
        assert key is not None
        assert text_of(key, "DisplayName") == "DNS Client"
    assert found.registry(LOCAL + "SYSTEM\\ControlSet001\\Services") is None
    top = found.registry("HKEY_LOCAL_MACHINE")
    assert top is not None
    assert top.names() == ["SYSTEM", "SOFTWARE", "SAM", "SECURITY"]
    below = found.registry(LOCAL + "SYSTEM")
    assert below is not None
    assert [key.name for key in below.subkeys()] == ["CurrentControlSet", "ControlSet001", "ControlSet002", "Select"]


def test_a_control_set_that_the_next_start_will_not_take_is_not_judged() -> None:
    keys = system()
    keys["Select"]["Default"] = 1
    with pytest.raises(Unfit, match="the next start takes another control set"):
        target({**files(), CONFIG + "SYSTEM": hive(keys)})


def test_users_are_those_who_have_a_profile_and_their_classes_stand_in_their_settings() -> None:
    found = target()
    users = found.registry("HKEY_USERS")
    assert users is not None
    assert users.names() == [".DEFAULT", "S-1-5-18", "S-1-5-19", SID, SID + "_Classes"]
    desktop = found.registry(f"HKEY_USERS\\{SID}\\Control Panel\\Desktop")
    assert text_of(desktop, "ScreenSaveActive") == "1"
    assert found.registry(f"HKEY_USERS\\{SID}\\Software\\Classes\\Local Settings\\MuiCache") is not None
    assert found.registry("HKEY_USERS\\S-1-5-21-1-2-3-500\\Software") is None
    assert found.profiles()[SID] == "C:\\Users\\alice"


def test_what_is_not_on_the_disk_can_not_be_observed() -> None:
    for path in (LOCAL + "HARDWARE\\DESCRIPTION", "HKEY_CURRENT_USER\\Software", LOCAL + "BCD00000000"):
        with pytest.raises(NotObservable):
            target().registry(path)
    assert target().registry("HKEY_NOTHING\\X") is None
    assert target().registry("HKEY_CLASSES_ROOT") is not None


def test_a_key_that_stands_for_another_leads_there() -> None:
    keys = system()
    keys["ControlSet002"]["Linked"] = {}
    data = bytearray(hive(keys))
    at = data.rindex(b"nk", 0, data.index(b"Linked"))
    data[at + 2] |= 0x10
    with pytest.raises(Malformed, match="does not say which"):
        target({**files(), CONFIG + "SYSTEM": bytes(data)}).registry(LOCAL + "SYSTEM\\CurrentControlSet\\Linked\\X")
    to = "\\Registry\\Machine\\SOFTWARE\\Policies".encode("utf-16-le")
    keys["ControlSet002"]["Linked"] = {"SymbolicLinkValue": (6, to)}
    data = bytearray(hive(keys))
    data[data.rindex(b"nk", 0, data.index(b"Linked")) + 2] |= 0x10
    found = target({**files(), CONFIG + "SYSTEM": bytes(data)})
    assert found.registry(LOCAL + "SYSTEM\\CurrentControlSet\\Linked\\Microsoft") is not None


def test_a_hive_that_was_not_written_out_is_taken_from_its_log_or_refused() -> None:
    keys = software()
    keys["Policies"]["Added"] = {}
    before, log = torn(hive(software()), hive(keys))
    content = {**files(), CONFIG + "SOFTWARE": before, CONFIG + "SOFTWARE.LOG1": b"", CONFIG + "SOFTWARE.LOG2": log}
    assert target(content).registry(LOCAL + "SOFTWARE\\Policies\\Added") is not None
    with pytest.raises(Unfit, match="no log"):
        target({**content, CONFIG + "SOFTWARE.LOG2": b""})


def test_without_the_hives_of_the_machine_there_is_no_target() -> None:
    whole = files()
    for name in ("SOFTWARE", "SYSTEM"):
        with pytest.raises(Missing):
            target({path: data for path, data in whole.items() if path != CONFIG + name})
    for keys in ({"Select": {"Current": 3}}, {}, {"Select": {"Current": "1"}}):
        with pytest.raises(Malformed):
            target(files(system_keys=keys))
    keys = software()
    keys["Microsoft"]["Windows NT"]["CurrentVersion"]["SystemRoot"] = "D:\\Other"
    with pytest.raises(Unfit):
        target(files(software_keys=keys))


def test_a_damaged_hive_of_a_user_is_an_error_and_not_left_out() -> None:
    found = target({**files(), "Users/alice/NTUSER.DAT": b"regf"})
    with pytest.raises(SourceError):
        found.registry("HKEY_USERS")
