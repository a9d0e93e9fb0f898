"""What a Windows says of its caller, on a console of any code page and in any language."""

from __future__ import annotations

from rempart_controller.transports.winrm_osqueryi import decode, read_caller


def test_what_a_console_of_another_code_page_says_is_read() -> None:
    assert decode("centre\\hélène".encode("cp850")) == "centre\\hélène"
    assert decode("centre\\hélène €".encode()) == "centre\\hélène €"


def test_who_calls_is_told_by_identifiers_in_any_language() -> None:
    system = '"autorite nt\\système","S-1-5-18"\r\n"Étiquette obligatoire\\système","Nom","S-1-16-16384",""\r\n'
    assert read_caller(system) == ("autorite nt\\système", True, "")
    backup = '"a\\b","S-1-5-21-1"\r\n"BUILTIN\\Opérateurs","Alias","S-1-5-32-551","x"\r\n"E","N","S-1-16-12288",""\r\n'
    assert not read_caller(backup).privileged
    assert read_caller("rempart_found=C:\\Program Files\\osquery\\osqueryi.exe \r\n").program.endswith("osqueryi.exe")
    assert read_caller("") == ("", False, "")
