"""Table rempart_apt_config, held against apt-config wherever apt is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.models.apt.word import Refused
from rempart_agent.readers.packages import apt_settings
from rempart_agent.source.contract import Limit, Malformed, Query
from rempart_agent.tables.linux import rempart_apt_config
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
PARTS = apt_settings.PARTS


def _rows(target: Any) -> list[dict[str, Any]]:
    return list(rempart_apt_config.rows(target, Query()))


def _effective(target: Any) -> list[tuple[str, str]]:
    return sorted((str(r["key"]).lower(), r["value"]) for r in _rows(target) if r["effective"])


def _real(root: str, scratch: Path) -> list[tuple[str, str]] | None:
    """Return what ``apt-config dump`` says of the keys ``Zz…`` of a tree, or None where apt refuses it."""
    (scratch / "apt").write_text(f'Dir "{root}/";\n')
    done = subprocess.run(
        ["apt-config", "dump"],
        env={"APT_CONFIG": str(scratch / "apt"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        assert "E: " in done.stderr
        return None
    found = re.findall(r'^(zz(?:::[^ ]*)?) "(.*)";$', done.stdout, re.MULTILINE | re.IGNORECASE)
    # dump writes what is odd in a name as %XX, and a value as it is
    return sorted((unquote(key).lower(), value) for key, value in found if value)


@pytest.fixture(scope="session")
def apt() -> None:
    """Skip where apt is not there to ask."""
    if not shutil.which("apt-config"):
        pytest.skip("apt-config is not installed: there is no real apt to hold the table against")


FILES = {
    "values": 'Zz::A "1"; Zz::b "x#y//z"; # c\nZz::C "yes" ; // d\nZz::a "2";\n',
    "comments": '/* multi\n Zz::C "no";\n*/ Zz::C "yes"; /* a */ Zz::D /* b */ "d"; Zz::E "a/*b*/c";\n',
    "lists": 'Zz::L { "a"; "b"; };\nZz::L:: "c";\nZz { M:: "1"; N { x; y; } };\n',
    "blocks": 'Zz { A "1"; B { C "2"; }; }; Zz::D "v" { E "3"; "4"; }; Zz { F::G { H "5"; }; }\n',
    "words": 'Zz::A a%20b; Zz::B "x" "y"; Zz::C "x"\n   "y"; Zz::D [a b]; Zz::E "%20"; "Zz::F" "q";\n',
    "over lines": 'Zz::Q\n  "multi"\n  ;\nZz::R "1" // c\n;Zz::S\t"tab\tin";\n',
    "clear": 'Zz::A "1"; Zz::A::B "2"; Zz::L { "a"; }; Zz::M "3";\n#clear Zz::A;\n#CLEAR Zz::M;\n'
    '#clear zz::l; Zz::L:: "z";\n',
    "clear and set": 'Zz::A "1";#clear Zz::A; Zz::A "2" ; Zz::A "3"; Zz::AB "4"; #clear Zz::A;\n',
    "closing too much": 'Zz::A "1"; } Zz::B "2"; };\n',
    "no end": 'Zz::A "1"',
    "quote over lines": 'Zz::A "x\ny";\n',
    "escaped quote": 'Zz::A "a\\"b";\n',
    "junk": 'Zz::A "a b" c;\n',
    "no name": '{ "x"; };\n',
    "directive within": 'Zz { #clear A; B "1"; };\n',
    "url without quotes": "Zz::A http://x/y;\n",
    "hidden to the end": '/* open\nZz::A "1";\n',
}


@pytest.mark.usefixtures("apt")
@pytest.mark.parametrize("name", FILES)
def test_a_file_means_what_apt_makes_of_it(name: str, root_of: RootOf, tmp_path: Path) -> None:
    target = root_of({PARTS + "/10a": FILES[name]})
    real = _real(target.root, tmp_path)
    if real is None:
        with pytest.raises(Malformed):
            _rows(target)
    else:
        assert _effective(target) == real


@pytest.mark.usefixtures("apt")
def test_files_are_taken_in_apts_order(root_of: RootOf, tmp_path: Path) -> None:
    names = ["00a", "01b.conf", "02c.conf.dpkg-old", "03d.bak", "04e.x.conf", "05_f", "06 g", ".07h", "08i~", "0:j"]
    files = {f"{PARTS}/{n}": f'Zz::Last "{n}";\nZz::All:: "{n}";\n' for n in names}
    target = root_of({**files, PARTS + "/09dir/": "", "/etc/apt/apt.conf": 'Zz::All:: "main";\nZz::Main "1";'})
    assert _effective(target) == _real(target.root, tmp_path)
    assert [r["value"] for r in _rows(target) if r["key"] == "Zz::All::"] == [
        "00a", "01b.conf", "04e.x.conf", "05_f", "0:j", "main",
    ]  # fmt: skip


PIECES = """Zz::A "1";|zz::a "2";|Zz::B|"q"|{|}|;|#clear Zz::A;|#clear Zz;|// c\n|/*|*/|\n|Zz::L:: "x";|Zz {|A "3";|
"item";|"|#note\n| |Zz::C plain;|Zz::D "a" "b";|Zz::E { k; }"""


@pytest.mark.usefixtures("apt")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from(PIECES.split("|")), max_size=12))
def test_any_file_means_what_apt_makes_of_it(pieces: list[str], root_of: RootOf, tmp_path: Path) -> None:
    target = root_of({PARTS + "/10a": " ".join(pieces)})
    real = _real(target.root, tmp_path)
    try:
        ours = [(k, v) for k, v in _effective(target) if k == "zz" or k.startswith("zz::")]
    except Malformed:
        assert real is None
    else:
        assert real is None or [(k, v) for k, v in ours if v] == real


def test_a_row_says_where_and_whether_it_counts(root_of: RootOf) -> None:
    target = root_of(
        {
            PARTS
            + "/20auto-upgrades": 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
            PARTS + "/99off": "\napt::periodic::UNATTENDED-upgrade 0;\n",
        }
    )
    assert [tuple(r.values()) for r in _rows(target)] == [
        ("APT::Periodic::Update-Package-Lists", "1", PARTS + "/20auto-upgrades", 1, 1),
        ("APT::Periodic::Unattended-Upgrade", "1", PARTS + "/20auto-upgrades", 2, 0),
        ("apt::periodic::UNATTENDED-upgrade", "0", PARTS + "/99off", 2, 1),
    ]


def test_includes_are_followed_and_bounded(root_of: RootOf) -> None:
    target = root_of({PARTS + "/1": '#include "/etc/more";\n', "/etc/more": 'A "1";'})
    assert _effective(target) == [("a", "1")]
    with pytest.raises(Malformed):
        _rows(root_of({PARTS + "/1": '#include "/etc/apt/apt.conf.d/1";\n'}))


def test_without_apt_there_are_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/passwd": ""})) == []


def test_more_than_anyone_writes_is_refused(root_of: RootOf) -> None:
    text = "".join(f'A{n} "1";\n#clear B;\n' for n in range(3000))
    with pytest.raises(Limit):
        _rows(root_of({PARTS + "/1": text}))


@given(st.one_of(st.text(), st.text(alphabet='aA:;{}"#/* \n\t[]%2', max_size=60)))
def test_any_text_parses(text: str) -> None:
    try:
        for line, key, _ in apt_settings.parse(text):
            assert line >= 1
            assert "\n" not in key
    except (Malformed, Refused):
        pass
