"""Who asks for French reads French: no English word of ours stands in what commands print, nor in any French text.

What another says (Ansible, SQLite, a file's content) is a quotation, in « », and may be of any language.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.check import write_check
from rempart_testing.french import english_in

from rempart_core.messages.say import texts

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
AREAS = sorted(path.stem for path in (ROOT / "core/rempart_core/messages/fr").glob("[!_]*.py"))


def test_the_detector_finds_english_and_lets_quotations_be() -> None:
    assert english_in("rempart: --root /nowhere: does not exist") == ["does", "not"]
    assert english_in('la requête a échoué : « near "x": it is not SQL », `rm -f not`') == []


@pytest.mark.parametrize("area", AREAS)
def test_no_french_text_holds_an_english_word(area: str) -> None:
    found = {id_: english_in(text) for id_, text in texts(area, "fr").items()}
    assert {id_: words for id_, words in found.items() if words} == {}


def _write_reasons(folder: Path) -> None:
    """Write a check whose rows carry what tables say of what they do not know, in a sentence and beside one."""
    why = "(SELECT why FROM rempart_sysctl_boot WHERE why <> '' LIMIT 1)"
    query = (
        "SELECT column1 AS item, column2 AS observed, 'package' AS expected, column3 AS ok, column4 AS skipped,"
        f" column5 AS why FROM (VALUES ('a', 'reason', 0, {why}, ''),"
        f" ('b', 'reason', NULL, 'eth0 (' || {why} || ')', ''),"
        f" ('tcp', 'beside', 0, '', 'eth0: ' || {why})) WHERE :least = 1"
    )
    file = write_check(folder, 3, query, title="Ce que disent les tables")
    sentences = (
        'sentences:\n  reason: {en: "{skipped}", fr: "{skipped}"}\n  beside: {en: a port, fr: un port}\n'
        "  package: {en: of a package, fr: venu d’un paquet}\nplatforms:"
    )
    text = file.read_text(encoding="utf-8").replace("platforms:", sentences, 1)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "audit --root none",
        "audit --root . --checks NOPE-01",
        "audit --root root --checks-dir checks --checks TST-01",
        "audit --root root --checks-dir checks --checks TST-02 --verbose",
        "audit --root root --checks-dir checks --checks TST-03 --verbose",
        "audit --root root --checks-dir checks --checks TST-03 --quiet --markdown -",
        "audit --root root --waivers broken.yaml",
        "audit --root root --profile nope",
        "audit --root root --param x=1",
        "audit --root root --json none/x.json",
        "audit -i none",
        "audit -i broken.yaml",
        "apply",
        "apply none.json",
        "apply empty.json",
        "rollback",
        "changes",
        "diff empty.json empty.json",
        "drift --store none.db",
        "history web --store none.db",
        "fleet --store none.db",
        "verify none",
        "verify empty.json",
        "incident list",
        "incident show 1",
        "agent list",
        "agent forget web",
        "checks show NOPE-01",
        "checks show TST-03 --checks-dir checks",
        "query -i local.ini VALUES(1",
        "query -i away.ini VALUES(1)",
        "checks lint --checks-dir checks",
        "nope",
    ],
)
def test_a_command_that_is_asked_for_french_prints_no_english(line: str, tmp_path: Path) -> None:
    (tmp_path / "root/etc").mkdir(parents=True)
    (tmp_path / "root/etc/os-release").write_text('ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\n')
    (tmp_path / "empty.json").write_text("{}")
    (tmp_path / "broken.yaml").write_text("waivers: [\n")
    (tmp_path / "broken.yaml").chmod(0o600)
    write_check(tmp_path / "checks", 1, title="Il y a quelqu’un")
    write_check(tmp_path / "checks", 2, "SELECT nope FROM users WHERE :least = 1", title="Tout va bien")
    _write_reasons(tmp_path / "checks")
    here = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
    (tmp_path / "local.ini").write_text(f"poste {here}\n")
    (tmp_path / "away.ini").write_text("loin ansible_host=127.0.0.1 ansible_port=1\n")
    for name in ("local.ini", "away.ini"):
        (tmp_path / name).chmod(0o600)
    environment = {"REMPART_LANG": "fr", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [BIN / "rempart", *line.split()], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert said.strip()
    assert english_in(said) == [], said
    assert "TST-03 --verbose" not in line or "eth0 (défini par aucun fichier" in said
