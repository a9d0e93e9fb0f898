"""Secrets of each kind, planted in turn: found by name wherever they lie, and never shown."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pytest
from rempart_testing.secrets_made import SECRETS

from rempart_agent.formats import zstandard
from rempart_agent.readers.files import secret_search
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]

# rule -> name of the file, and what it holds
PLANTED = {
    "aws_access_key": ("app.env", SECRETS["aws_access_key"]),
    "github_token": ("app.env", SECRETS["github_token"]),
    "gitlab_token": ("app.env", SECRETS["gitlab_token"]),
    "slack_token": ("app.env", SECRETS["slack_token"]),
    "stripe_key": ("app.env", SECRETS["stripe_key"]),
    "npm_token": ("app.env", SECRETS["npm_token bare"]),
    "pypi_token": ("app.env", SECRETS["pypi_token"]),
    "private_key": ("server.pem", SECRETS["private_key"]),
    "private_key putty": ("admin.ppk", SECRETS["private_key putty"]),
    "wireguard_key": ("wg0.conf", SECRETS["wireguard_key"]),
    "chap_secret": ("ppp/chap-secrets", 'alice * "' + "s3cret" + 'Word" *\n'),
    "terraform_token": ("credentials.tfrc.json", SECRETS["terraform_token"]),
}
FOLDERS = ("/app", "/var/www", "/usr/share", "/boot", "/data")


def _zip(name: str, data: bytes, extra: str = "META-INF/MANIFEST.MF") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(extra, "Manifest-Version: 1.0\n")
        opened.writestr("conf/" + name, data)
    return made.getvalue()


def _tar(name: str, data: bytes, mode: str = "") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:" + mode) as opened:
        for path, content in (("./README", b"read me\n"), ("./conf/" + name, data)):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return made.getvalue()


# how it lies there -> the name of the file, what it holds, and the name of the member in a report
WAYS: dict[str, Callable[[str, bytes], tuple[str, bytes, str]]] = {
    "as it is": lambda name, data: (name, data, ""),
    "UTF-16": lambda name, data: (name, data.decode().encode("utf-16"), ""),
    "behind a NUL": lambda name, data: (name, b"\0\1\2\0\n" + data, ""),
    "UTF-16 in a program": lambda name, data: (
        name,
        b"\x7fELF\2\1\1\0\xff" + data.decode().encode("utf-16-le") + b"\xff",
        "",
    ),
    "zip": lambda name, data: ("a.zip", _zip(name, data), "conf/" + name),
    "jar": lambda name, data: ("a.jar", _zip(name, data), "conf/" + name),
    "zip behind a program": lambda name, data: ("a.run", b"#!/bin/sh\nexit\n" + _zip(name, data), "conf/" + name),
    "tar": lambda name, data: ("a.tar", _tar(name, data), "conf/" + name),
    "tar.gz": lambda name, data: ("a.tar.gz", _tar(name, data, "gz"), "conf/" + name),
    "tar.xz": lambda name, data: ("a.tar.xz", _tar(name, data, "xz"), "conf/" + name),
    "gz": lambda name, data: (name + ".gz", gzip.compress(data), ""),
    "bz2": lambda name, data: (name + ".bz2", bz2.compress(data), ""),
    "xz": lambda name, data: (name + ".xz", lzma.compress(data), ""),
    "jar in a tar.gz": lambda name, data: ("b.tgz", _tar("a.jar", _zip(name, data), "gz"), "conf/a.jar/conf/" + name),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_found_by_name(root_of: RootOf, kind: str, way: str) -> None:
    name, text = PLANTED[kind]
    if way == "UTF-16 in a program" and kind == "chap_secret":
        pytest.skip("a file of pppd is text")
    folder = FOLDERS[(list(PLANTED).index(kind) + list(WAYS).index(way)) % len(FOLDERS)]
    file, data, member = WAYS[way](name, (text + "\n").encode())
    search = secret_search.Search(root_of({f"{folder}/{file}": data, "/etc/motd": "hello\n"}))
    search.all("/")
    place = f"{folder}/{file}" + (f"!/{member}" if member else "")
    assert [(one.file, one.finding.rule) for one in search.findings] == [(place, kind.split(maxsplit=1)[0])]
    assert (search.scanned, search.skipped, search.limit) == (2, {}, "")
    values = [part for part in text.split() if len(part) > 15]
    assert not any(value in repr(search.findings) for value in values)


@pytest.mark.skipif(not zstandard.available(), reason="nothing here unpacks Zstandard")
def test_zstandard_is_opened_where_the_library_is_there(root_of: RootOf) -> None:
    zstd = pytest.importorskip("zstandard")
    packed = zstd.ZstdCompressor().compress(_tar("app.env", SECRETS["github_token"].encode()))
    search = secret_search.Search(root_of({"/a.tar.zst": packed}))
    search.all("/")
    assert [one.file for one in search.findings] == ["/a.tar.zst!/conf/app.env"]


def test_each_part_of_a_long_file_is_judged_once(root_of: RootOf, monkeypatch: pytest.MonkeyPatch) -> None:
    token = SECRETS["github_token"][3:].encode()
    for at in range(-70, 71, 10):
        lines = b"0123456789 abcde\n" * (secret_search.PART // 17 + 1)
        edge = secret_search.PART + at - secret_search.OVERLAP // 2
        data = lines[:edge] + b"\n" + token + b"\n" + lines * 2
        search = secret_search.Search(root_of({"/a": data}))
        search.all("/")
        assert [(one.finding.rule, one.finding.line) for one in search.findings] == [
            ("github_token", lines[:edge].count(b"\n") + 2)
        ]
        within = lines[:edge] + b"x" + token + b"\n" + lines
        search = secret_search.Search(root_of({"/a": within}))
        search.all("/")
        assert search.findings == []


def test_what_shows_of_an_archive_outside_is_told_once(root_of: RootOf) -> None:
    search = secret_search.Search(root_of({"/a.tar": _tar("app.env", SECRETS["github_token"].encode())}))
    search.all("/")
    assert [one.file for one in search.findings] == ["/a.tar!/conf/app.env"]


def test_a_process_that_opens_no_file_any_more_searches_all_the_same(root_of: RootOf) -> None:
    """What is imported after ``prepare`` would be a file that is opened."""
    secret_search.prepare()
    done = secret_search.Search(root_of({"/a.tar.gz": _tar("app.env", SECRETS["github_token"].encode(), "gz")}))
    before = set(sys.modules)
    done.all("/")
    assert len(done.findings) == 1
    assert set(sys.modules) == before
