"""Updates on rpm systems: metadata that nobody vouches for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.repository import CACHE, HASH, advisory, cached, primary, updateinfo
from rempart_testing.rpm_system import SystemOf, repositories_of, rows_of

from rempart_agent.formats import module_stream, repodata
from rempart_agent.source.contract import Malformed, Missing, Unfit

# Metadata that nobody vouches for.

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><updates>&b;</updates>'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>captive portal</body></html>",
        "<updates>",
        "<updates><update></updates>",
        "not XML",
        BOMB,
        "<updates>" + "<a>" * 40,
        "<updates><update type='security'>"
        + advisory("x", ("a", "-")).replace('version=""', "")
        + "</update></updates>",
        updateinfo(advisory("x", ("a", "9" * 2000 + "-1"))),
        '<?xml version="1.0" encoding="nonsense"?><updates/>',
        "<updates><update type='security'><id " + "x" * (5 << 20) + "='1'/></update></updates>",
    ],
    ids=[
        *("empty", "html", "cut", "nested", "text", "entities", "deep", "versionless", "long", "encoding", "attribute")
    ],
)
def test_advisories_that_are_none_are_malformed(system_of: SystemOf, text: str) -> None:
    files = cached("base", primary(), text or " ")
    with pytest.raises(Malformed, match=r"1-updateinfo\.xml: "):
        rows_of(system_of(files, "a-1-1"), "1")


@pytest.mark.parametrize(
    "text", ["<updates/>", "<metadata><package><name>a</name></package></metadata>", "<metadata>", BOMB]
)
def test_packages_that_are_none_are_malformed(system_of: SystemOf, text: str) -> None:
    target = system_of(cached("base", text, updateinfo()), "a-1-1")
    assert rows_of(target, "1") == []
    with pytest.raises(Malformed, match=r"1-primary\.xml: "):
        rows_of(target)


def test_a_file_that_is_named_and_not_there_is_no_empty_one(system_of: SystemOf) -> None:
    for files, kind in (
        (cached("base", primary(), ""), "updateinfo"),
        (cached("base", "", updateinfo()), "primary"),
        (cached("base", None, updateinfo()), "primary"),
    ):
        target = system_of(files, "a-1-1")
        with pytest.raises(Missing, match=f"its {kind} is not in the cache"):
            rows_of(target, "1")


def test_a_list_of_files_that_is_none_is_malformed(system_of: SystemOf) -> None:
    path = CACHE + "base" + HASH + "repomd.xml"
    for text in (
        "",
        "<x/>",
        "<repomd>",
        "<repomd>" + '<data type="a"><location href="b"/></data>' * 1001 + "</repomd>",
    ):
        target = system_of({path: text}, "a-1-1")
        with pytest.raises(Malformed, match=r"repomd\.xml"):
            rows_of(target)
        assert "repomd.xml" in repositories_of(target)["base"]["problem"]


def test_no_path_leads_out_of_the_cache(system_of: SystemOf) -> None:
    files = cached("base", primary(), updateinfo())
    path = CACHE + "base" + HASH + "repomd.xml"
    files[path] = str(files[path]).replace("repodata/1-primary.xml", "../../../../etc/secret")
    with pytest.raises(Missing, match="its primary is not in the cache"):
        rows_of(system_of({**files, "/etc/secret": primary(("a", "2-1"))}, "a-1-1"))


def test_a_device_in_place_of_metadata_is_refused(system_of: SystemOf) -> None:
    target = system_of(cached("base", primary(), updateinfo()), "a-1-1")
    path = Path(target.root + CACHE + "base" + HASH + "1-updateinfo.xml")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unfit):
        rows_of(target)


NAMES = ("a", "b")
PIECES = st.sampled_from(
    [
        *(
            "<updates>",
            "</updates>",
            "<metadata>",
            "</metadata>",
            "<update type='security'>",
            "</update>",
            "<id>x</id>",
        ),
        *("<pkglist><collection>", "</collection></pkglist>", "<package name='a' version='1' arch='x'/>", "<package>"),
        *(
            "<name>a</name>",
            "<arch>x</arch>",
            "<version ver='1' epoch='2'/>",
            "</package>",
            "<issued date='1'/>",
            "&lt;",
        ),
        *("<repomd>", "</repomd>", "<data type='primary'>", "<location href='x/y'/>", "</data>", "<!--", "-->", "\0"),
    ]
)
TEXTS = st.one_of(st.binary(), st.lists(PIECES, max_size=20).map(lambda found: "".join(found).encode()))


@given(TEXTS, st.integers(1, 50))
def test_any_metadata_parse_or_are_malformed(data: bytes, step: int) -> None:
    parts = [data[at : at + step] for at in range(0, len(data), step)]
    for parse in (repodata.packages, repodata.security_updates):
        found = outcome(lambda parse=parse: parse(parts, NAMES))  # type: ignore[misc]
        assert isinstance(found, Malformed) or all(offer.name in NAMES for offer in found)  # type: ignore[union-attr]
    assert isinstance(outcome(lambda: repodata.files(parts).items()), (list, Malformed))


LINES = st.sampled_from(
    ["---", "document: modulemd", "data:", "  name: a", "  stream: '1'", "  artifacts:", "    rpms:", "    - a-0:1-1.x"]
)


@given(st.one_of(st.binary(), st.lists(LINES).map(lambda found: "\n".join(found).encode())))
def test_any_description_of_modules_parses_or_is_malformed(data: bytes) -> None:
    found = outcome(lambda: module_stream.streams([data[:7], data[7:]], NAMES).items())
    assert isinstance(found, (list, Malformed))
