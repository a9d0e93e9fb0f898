"""Table rempart_kernel_config: what kernels were built with, and what is not known of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Constraint, Missing, Query
from rempart_agent.tables.linux import rempart_kernel_config
from rempart_agent.tables.linux.rempart_kernel_config import parse

RootOf = Callable[[Mapping[str, str | bytes]], Any]

# /boot/config-6.12.117+deb13-amd64 of Debian 13, some of its lines
HEAD = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.117 Kernel Configuration\n#\n"
LINES = (
    "CONFIG_BUG=y\n# CONFIG_DEBUG_SG is not set\nCONFIG_BINFMT_MISC=m\n"
    'CONFIG_MODULE_SIG_HASH="sha256"\nCONFIG_PANIC_TIMEOUT=0\n# end of Rust hacking\n'
)
DEBIAN = HEAD + LINES + "# end of Kernel hacking\n"
# config-4.18.0-553.el8_10.x86_64 of RHEL 8: menus have no line at their end before Linux 5.3
OLD = "# Linux/x86_64 4.18.0-553.el8_10.x86_64 Kernel Configuration\nCONFIG_BUG=y\n"
ASKED = ("CONFIG_BUG", "CONFIG_DEBUG_SG", "CONFIG_BINFMT_MISC", "CONFIG_MODULE_SIG_HASH", "CONFIG_KEXEC")


def _rows(target: Any, *options: str) -> list[dict[str, Any]]:
    asked = Query(frozenset(), (Constraint("option", "=", options or ASKED),))
    return [dict(row) for row in rempart_kernel_config.rows(target, asked)]


def test_what_is_set_switched_off_and_absent(root_of: RootOf) -> None:
    rows = _rows(root_of({"/boot/config-6.12": DEBIAN, "/boot/vmlinuz-6.12": ""}))
    assert [(row["option"], row["value"], row["written"]) for row in rows] == [
        ("CONFIG_BUG", "y", 1),
        ("CONFIG_DEBUG_SG", "n", 1),
        ("CONFIG_BINFMT_MISC", "m", 1),
        ("CONFIG_MODULE_SIG_HASH", "sha256", 1),
        ("CONFIG_KEXEC", "n", 0),
    ]
    assert {(row["kernel"], row["architecture"], row["version"]) for row in rows} == {("6.12", "x86", 6012)}


@pytest.mark.parametrize("cut", [DEBIAN[:-1], HEAD + LINES, DEBIAN[: len(HEAD) + 9], HEAD, "CONFIG_BUG=y\n", ""])
def test_a_file_that_is_cut_off_tells_nothing(root_of: RootOf, cut: str) -> None:
    rows = _rows(root_of({"/boot/config-6.12": cut}))
    assert {row["value"] for row in rows} == {None}
    assert all(row["why"] for row in rows)


def test_what_an_old_file_does_not_name_is_unknown(root_of: RootOf) -> None:
    set_, absent = _rows(root_of({"/boot/config-4.18": OLD}), "CONFIG_BUG", "CONFIG_KEXEC")
    assert (set_["value"], absent["value"], bool(absent["why"])) == ("y", None, True)


def test_two_lines_that_contradict_each_other_are_unknown() -> None:
    assert (
        parse(DEBIAN.replace("# end of Rust", "# CONFIG_BUG is not set\n# end of Rust")).options["CONFIG_BUG"] is None
    )


def test_each_kernel_that_is_installed_has_rows(root_of: RootOf) -> None:
    target = root_of(
        {
            "/boot/config-6.12": DEBIAN,
            "/boot/vmlinuz-6.12": "",
            "/boot/vmlinuz-6.19.1": "",  # built by hand, its configuration not kept
            "/boot/vmlinuz-0-rescue-0123456789abcdef0123456789abcdef": "",
            "/usr/lib/modules/5.14.0-570.el9.x86_64/vmlinuz": "",
            "/usr/lib/modules/5.14.0-570.el9.x86_64/config": DEBIAN,
            "/usr/lib/modules/6.1.0-40-amd64/modules.dep": "",
        }
    )
    assert {row["kernel"]: row["value"] for row in _rows(target, "CONFIG_BUG")} == {
        "6.12": "y",
        "6.19.1": None,
        "5.14.0-570.el9.x86_64": "y",
    }


def test_the_kernel_that_runs_tells_by_itself(machine_of: RootOf) -> None:
    running = {"/proc/sys/kernel/osrelease": "6.18.5\n"}
    assert [row["value"] for row in _rows(machine_of(running), "CONFIG_BUG")] == [None]
    packed = gzip.compress(DEBIAN.replace("CONFIG_BUG=y", "# CONFIG_BUG is not set").encode())
    target = machine_of({**running, "/proc/config.gz": packed, "/boot/config-6.18.5": DEBIAN})
    assert [(row["value"], row["path"]) for row in _rows(target, "CONFIG_BUG")] == [("n", "/proc/config.gz")]


@pytest.mark.parametrize("packed", [gzip.compress(DEBIAN.encode())[:-30], b"no gzip", b""])
def test_a_packed_file_that_is_cut_off_tells_nothing(machine_of: RootOf, packed: bytes) -> None:
    target = machine_of({"/proc/sys/kernel/osrelease": "6.18.5\n", "/proc/config.gz": packed})
    assert [row["value"] for row in _rows(target, "CONFIG_BUG")] == [None]


def test_a_machine_without_a_kernel_has_no_answer(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        _rows(root_of({"/boot/grub/grub.cfg": ""}))


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    parse(text)
    assert (
        parse(HEAD + text).why
        or text.endswith("# end of Kernel hacking\n")
        or "\n# end of Kernel hacking\n" in HEAD + text
    )
