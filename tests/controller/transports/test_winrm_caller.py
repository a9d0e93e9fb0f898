"""Who calls a Windows, in any language of the host."""

from __future__ import annotations

from rempart_controller.transports.winrm_caller import read_caller


def test_who_calls_is_told_by_identifiers_in_any_language() -> None:
    system = '"autorite nt\\système","S-1-5-18"\r\n"Étiquette obligatoire\\système","Nom","S-1-16-16384",""\r\n'
    assert read_caller(system) == ("autorite nt\\système", True, "")
    backup = '"a\\b","S-1-5-21-1"\r\n"BUILTIN\\Opérateurs","Alias","S-1-5-32-551","x"\r\n"E","N","S-1-16-12288",""\r\n'
    assert not read_caller(backup).privileged
    assert read_caller("rempart_found=C:\\Program Files\\osquery\\osqueryi.exe \r\n").program.endswith("osqueryi.exe")
    assert read_caller("") == ("", False, "")
