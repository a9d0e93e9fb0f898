"""What a Windows prints, on a console of any code page."""

from __future__ import annotations

from rempart_controller.transports.winrm_osqueryi import decode


def test_what_a_console_of_another_code_page_says_is_read() -> None:
    assert decode("centre\\hélène".encode("cp850")) == "centre\\hélène"
    assert decode("centre\\hélène €".encode()) == "centre\\hélène €"
