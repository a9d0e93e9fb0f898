"""Tables that osquery has too: the same rows as a real osquery's, of the same machine and of the same files.

It runs where ``REMPART_OSQUERYD`` names an osqueryd; that it does not say the same where we mean to differ stands in
``docs/osquery.md`` and is held here too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from rempart_testing.real_osquery import BOUND, NAMED, ask, embedded, told
from rempart_testing.target import lay

from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE"
METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\nSummary: does {}\nAuthor: Somebody\nLicense: MIT\n\nText\n"
CODE = [
    {
        "identifier": {"id": "ms-python.python", "uuid": "f1f59ae4"},
        "version": "2024.1.0",
        "location": {"path": "/home/alice/.vscode/extensions/ms-python.python-2024.1.0"},
        "metadata": {
            "id": "F1F59AE4",
            "publisherId": "998b010b",
            "publisherDisplayName": "Microsoft",
            "installedTimestamp": 1_700_000_000_000,
            "isPreReleaseVersion": True,
        },
    },
    {"identifier": {"id": 3}, "location": {}, "metadata": {"installedTimestamp": "soon"}},
]
RELEASE = "Origin: Somebody\nCodename: stable\nVersion: 1.2\nArchitectures: amd64 arm64\nComponents: main extra\n"
TREE = {
    "/etc/passwd": PASSWD,
    "/etc/group": "root:x:0:\nalice:x:1000:\n",
    "/etc/services": "# ports\nhttp 80/tcp www  web # World # Wide\nodd\nold 010/udp\nword abc/tcp\nbad 1/2/3\n #x\n",
    "/etc/protocols": "ip 0 IP # internet # protocol\nicmp 1\nlone\n\ttcp 6 TCP more\n",
    "/etc/apt/sources.list": "deb [arch=amd64 signed-by=/k] http://apt.example.org/debian/ stable main # x\n"
    "deb-src http://apt.example.org/debian stable main\n# deb http://no.example.org a b\n",
    "/etc/apt/sources.list.d/more.sources": "Types: deb\nURIs: https://more.example.org/a\nSuites: one two\n"
    "Components: main\n\nTypes: deb-src\nURIs: https://more.example.org/a\nSuites: three\nComponents: main\n",
    "/var/lib/apt/lists/apt.example.org_debian_dists_stable_InRelease": "-----BEGIN PGP SIGNED MESSAGE-----\n"
    "Hash: SHA256\n\n" + RELEASE + "SHA256:\n abc 12 main/Release\n-----BEGIN PGP SIGNATURE-----\nVersion: 9\n",
    "/var/lib/apt/lists/more.example.org_a_dists_one_Release": RELEASE,
    "/var/lib/apt/lists/more.example.org_a_dists_two_Release": "Codename: two\n",
    "/home/alice/.ssh/known_hosts": f"# mine\n\n  host.example.org {KEY} a\n|1|abc= {KEY}\n@revoked * {KEY}\n",
    "/home/alice/.vscode/extensions/extensions.json": json.dumps(CODE[:1]),
    "/home/alice/.cursor/extensions/extensions.json": json.dumps(CODE),
    "/home/alice/.local/lib/python3.11/site-packages/one-1.dist-info/METADATA": METADATA.format("one", "1.0", "it"),
    "/home/alice/.pyenv/versions/3.12/lib/python3.12/site-packages/two.egg-info/PKG-INFO": METADATA.format(
        "two", "2", "that"
    ),
    "/home/alice/.virtualenvs/x/lib/python3.9/site-packages/deep/er/three-3.dist-info/METADATA": METADATA.format(
        "three", "3", "more"
    ),
    "/home/alice/.virtualenvs/x/lib/python3.9/site-packages/bare-3.dist-info/RECORD": "",
    "/home/alice/.nvm/versions/node/v20/lib/node_modules/tool/package.json": json.dumps(
        {"name": "tool", "version": "1.2.3", "author": {"name": "Ann"}, "license": {"type": "MIT", "url": "http://l"}}
    ),
    "/home/alice/.nvm/versions/node/v20/lib/node_modules/tool/node_modules/@sc/in/package.json": json.dumps(
        {"name": "@sc/in", "version": 7, "author": "Bob <b@example.org>", "license": "ISC", "homepage": "h"}
    ),
    "/home/alice/.nvm/versions/node/v20/lib/node_modules/broken/package.json": "{",
}
OF_FILES = (
    "SELECT * FROM etc_services",
    "SELECT * FROM etc_protocols",
    "SELECT * FROM apt_sources",
    "SELECT known_hosts.* FROM users CROSS JOIN known_hosts USING (uid)",
    "SELECT * FROM known_hosts",
    "SELECT vscode_extensions.* FROM users CROSS JOIN vscode_extensions USING (uid)",
    "SELECT * FROM vscode_extensions WHERE uid = 1000 AND uuid = 'f1f59ae4'",
    "SELECT * FROM python_packages WHERE uid = 1000",
    "SELECT * FROM python_packages WHERE directory = '/home/alice/.virtualenvs'",
    "SELECT * FROM npm_packages WHERE path LIKE '/home/%'",
    "SELECT * FROM npm_packages WHERE directory = '/home/alice/.nvm/versions/node/v20/lib' AND max_depth = 0",
    "SELECT name, max_depth FROM npm_packages WHERE directory = '/home/alice/.nvm/versions/node/v20/lib'",
)
OF_THE_MACHINE = (
    "SELECT * FROM etc_services",
    "SELECT * FROM etc_protocols",
    "SELECT period FROM load_average",
    "SELECT core FROM cpu_time",
    "SELECT type, hard_limit FROM ulimit_info",
    "SELECT name, version, path, directory, uid FROM python_packages WHERE directory LIKE '/usr/%'",
    "SELECT * FROM npm_packages WHERE path LIKE '/usr/%'",
)


def _lay(tmp_path: Path, files: Mapping[str, str]) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    lay(root, files)
    (root / "root").mkdir(exist_ok=True)
    return root


@BOUND
@pytest.mark.parametrize("sql", OF_FILES)
def test_the_same_files_have_the_same_rows(tmp_path: Path, sql: str) -> None:
    root = _lay(tmp_path, TREE)
    bound = {f"/{name}": root / name for name in ("etc", "home", "root", "var/lib/apt")}
    theirs = ask(sql, bound)
    assert told(embedded(RootTarget(str(root)), sql)) == told(theirs)


@NAMED
@pytest.mark.parametrize("sql", OF_THE_MACHINE)
def test_this_machine_has_the_same_rows(sql: str) -> None:
    assert told(embedded(LiveTarget(), sql)) == told(ask(sql))


@NAMED
def test_a_process_has_the_same_environment() -> None:
    sql = f"SELECT * FROM process_envs WHERE pid = {os.getpid()}"
    assert told(embedded(LiveTarget(), sql)) == told(ask(sql))
