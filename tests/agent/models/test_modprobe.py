"""The files of modprobe.d(5), as libkmod reads them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models import modprobe
from rempart_agent.models.modprobe import judge, order, parse


def _blocked(module: str, *texts: str) -> bool:
    return judge(module, [rule for at, text in enumerate(texts) for rule in parse(text, str(at))]).blocked


def test_names_count_over_all_folders_and_the_stronger_folder_hides_a_name() -> None:
    names = [("/etc/modprobe.d", ["b.conf", ".a.conf", "c"]), ("/usr/lib/modprobe.d", ["a.conf", "b.conf", ".conf"])]
    assert order(names) == ["/usr/lib/modprobe.d/a.conf", "/etc/modprobe.d/b.conf"]


@pytest.mark.parametrize(
    "line",
    [
        "install hfs /bin/false",
        " \tinstall  hfs\t/bin/true ",
        "install hf* false",
        "install h[!x]s /usr/bin/false",
        "install h[^x]s /bin/false",
        "install hfs /bin/fa\\\nlse",
        "install hfs \\\n/bin/false",
        "install hfs /bin\\/false",
    ],
)
def test_what_modprobe_refuses(line: str) -> None:
    assert _blocked("hfs", line)


@pytest.mark.parametrize(
    "line",
    [
        "blacklist hfs",
        "install hfs",
        "Install hfs /bin/false",
        "#install hfs /bin/false",
        "install hfs /bin/echo",
        "install hfs /bin/false\r",
        "install hfs /bin/false # no comment",
        "install hfsplus /bin/false",
        "install h[fs /bin/false",
        "#x \\\ninstall hfs /bin/false",
        "options hfs \\\ninstall hfs /bin/false",
        "install hfs /bin/false\nsoftdep hfs pre: cdrom",
        "softdep h* post: cdrom\ninstall hfs /bin/false",
        "install hfs /sbin/modprobe --ignore-install hfs\ninstall hfs /bin/false",
    ],
)
def test_what_modprobe_does_not_refuse(line: str) -> None:
    assert not _blocked("hfs", line)


def test_the_first_line_of_all_files_counts() -> None:
    assert not _blocked("hfs", "install hf? /bin/echo", "install hfs /bin/false")
    assert _blocked("hfs", "install hfs /bin/false", "install hfs /bin/echo")


def test_soft_dependencies_without_a_mode_are_none() -> None:
    assert _blocked("cifs", "install cifs /bin/false\nsoftdep cifs gcm\nsoftdep cifs pre:")


def test_hyphens_and_underscores_are_one() -> None:
    assert _blocked("firewire-core", "install firewire_core /bin/false")
    assert _blocked("usb_storage", "install usb-storage /bin/false")
    assert judge("usb-storage", parse("blacklist usb_storage", "")).blacklist


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    judge("hfs", parse(text, "x"))


@pytest.mark.skipif(not shutil.which("modprobe"), reason="kmod is not installed")
def test_modprobe_shows_the_same(tmp_path: Path) -> None:
    texts = {
        "b.conf": "install hfs /bin/false\n install  firewire-core\t/bin/true\nblacklist usb-storage\n#install x y\n",
        "a.conf": "install u[ds]f \\\n/bin/false\nbad line\ninstall can\nsoftdep can pre: a-b\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    shown = subprocess.run(
        ["modprobe", "-C", str(tmp_path), "-d", str(tmp_path), "-S", "0", "--showconfig"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    kinds = {"install", "blacklist", "softdep"}
    theirs = sorted(line.strip() for line in shown.splitlines() if line.split(" ")[0] in kinds)
    paths = order([(str(tmp_path), sorted(texts))])
    ours = [rule for path in paths for rule in parse(Path(path).read_text(), path)]
    assert sorted(f"{rule.kind} {rule.module} {rule.rest}".strip() for rule in ours) == theirs
    assert modprobe.judge("hfs", ours).blocked
