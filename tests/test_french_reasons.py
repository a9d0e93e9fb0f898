"""Why something is not known is read in French in every report of a real tree, and what stands in it is the tree's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from rempart_testing.spaces import plain

BIN = Path(sys.executable).parent / "rempart"
TREE: Mapping[str, str] = {
    "etc/os-release": 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n',
    "etc/passwd": "root:x:0:0::/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/bash\n",
    "etc/shadow": "root:*:1::::::\nann:*:1::::::\n",
    "etc/group": "root:x:0:\nsudo:x:27:ann\nann:x:1000:\n",
    "etc/ssh/sshd_config": "Port 22\nno-file yes\n",
    "etc/sudoers": "root ALL=(ALL:ALL) ALL\nann ALL=(root) sha224:AAAA /usr/bin/foo\nbob ALL=(ALL NOPASSWD\n",
    "etc/nsswitch.conf": "sudoers: files ldap\n",
    "etc/pam.d/login": "auth required pam_strange.so\n",
    "etc/pam.d/other": "auth required pam_deny.so\n",
    "usr/sbin/sshd": "",
    "usr/bin/sudo": "",
    "usr/lib/modules/6.12/modules.dep": "",
    "etc/sysctl.conf": "kernel.kptr_restrict = 2\n",
}
SAID = {
    "RMT-01": "inconnu : sshd refuse /etc/ssh/sshd_config:2 : une option inconnue : no-file",
    "PRV-01": "inconnu : impossible de savoir si /etc/sudoers:2 s’applique (une empreinte de /usr/bin/foo)",
    "PRV-02": "sudo prend des règles de files, ldap",
    "ACC-01": "pam_strange.so est inconnu",
    "KRN-01": "défini par aucun fichier, et la valeur initiale du noyau est inconnue",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for name, text in TREE.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def audited(tree: Path, *more: str, language: str = "fr") -> str:
    line = [str(BIN), "audit", "--root", str(tree), "--role", "server", "--lang", language]
    done = subprocess.run([*line, "--checks", ",".join(SAID), *more], capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 3)  # some could not be decided
    return done.stdout


@pytest.mark.parametrize("report", ["--verbose", "--markdown", "--html"])
def test_each_report_says_why_in_french(tree: Path, report: str) -> None:
    text = plain(audited(tree, report, *([] if report == "--verbose" else ["-"])))
    if report == "--html":
        assert (
            "inconnu : sshd refuse <code>/etc/ssh/sshd_config:2</code> : une option inconnue : <code>no-file</code>"
            in text
        )
        return
    assert [said for said in SAID.values() if said not in text] == []


def test_the_document_keeps_the_english_words_and_what_they_say(tree: Path) -> None:
    results = json.loads(audited(tree, "--json", "-"))["results"]
    (root,) = [one for one in results if one["check"] == "RMT-01"]
    (text,) = root["evidence"]["whys"]
    assert text == "sshd refuses /etc/ssh/sshd_config:2: an unknown option: no-file"
    assert text in root["evidence"]["rows"][0].values()
    assert text in root["reason"]["en"]
    assert SAID["RMT-01"] in plain(root["reason"]["fr"])


def test_english_is_as_it_was(tree: Path) -> None:
    text = audited(tree, "--verbose", language="en")
    assert "unknown: sshd refuses /etc/ssh/sshd_config:2: an unknown option: no-file" in text
