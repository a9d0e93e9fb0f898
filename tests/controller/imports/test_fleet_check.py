"""What a policy becomes: one row that says whether its statement gave one, and none where nothing was examined."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rempart_controller.imports.example_rows import Sampler
from rempart_controller.imports.fleet_check import Converted, convert, slug_of, write_check
from rempart_controller.imports.fleet_files import Policy
from rempart_core.model.check import PLATFORMS


@pytest.fixture(scope="module")
def samplers() -> Iterator[dict[str, Sampler]]:
    samplers = {platform: Sampler(platform) for platform in PLATFORMS}
    yield samplers
    for one in samplers.values():
        one.close()


def made(samplers: dict[str, Sampler], query: str, *platforms: str) -> Converted:
    return convert(Policy("It's so", query, "", "", platforms, False, "pc.yml", 1), samplers)


def test_the_statement_stands_in_it_as_it_is(samplers: dict[str, Sampler]) -> None:
    query = "SELECT 1 FROM users -- all; of them\nWHERE uid = 0 ;; -- a; b"
    block = made(samplers, query, "linux").blocks["linux"]
    assert "EXISTS (\nSELECT 1 FROM users -- all; of them\nWHERE uid = 0\n) AS met" in block.query
    assert "SELECT 'It''s so' AS item" in block.query
    assert "'no-evidence' AS evidence" in block.query


def test_a_policy_without_a_platform_asks_those_that_have_its_tables(samplers: dict[str, Sampler]) -> None:
    converted = made(samplers, "SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1")
    assert list(converted.blocks) == ["darwin"]
    assert converted.refused == {}


def test_a_platform_that_it_names_and_that_lacks_the_table_is_told(samplers: dict[str, Sampler]) -> None:
    converted = made(samplers, "SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1", "darwin", "linux", "chrome")
    assert list(converted.blocks) == ["darwin"]
    assert str(converted.refused["linux"]) == "no such table: gatekeeper"
    assert "no checks for this platform" in str(converted.refused["chrome"])


def test_several_statements_are_refused(samplers: dict[str, Sampler]) -> None:
    query = "SELECT 1 FROM users) AS met) AS policy; SELECT 1, (1"
    assert made(samplers, query, "linux").blocks == {}
    assert made(samplers, "SELECT 1 FROM users; SELECT 1 FROM users", "linux").blocks == {}


@pytest.mark.parametrize("query", ["SELECT 1", "SELECT 1 WHERE 0", "SELECT 1 WHERE 'users' = 'users';"])
def test_a_statement_without_a_table_is_refused(samplers: dict[str, Sampler], query: str) -> None:
    assert "asks no table" in str(made(samplers, query, "linux").refused["linux"])


def test_where_empty_tables_would_pass_a_row_is_demanded(samplers: dict[str, Sampler]) -> None:
    query = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM npm_packages WHERE name = 'bad')"
    block = made(samplers, query, "linux").blocks["linux"]
    assert block.query.endswith("WHERE EXISTS (SELECT 1 FROM npm_packages)\n")
    text = write_check(Policy("n", query, "", "", (), False, "f", 1), "FLEET-0001", {"linux": block})
    assert 'when_empty: "not_checked"' in text


def test_a_file_that_is_asked_for_and_absent_was_examined(samplers: dict[str, Sampler]) -> None:
    query = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file WHERE path = '/etc/rc.local')"
    block = made(samplers, query, "linux").blocks["linux"]
    assert "WHERE EXISTS (SELECT 1 FROM file)" not in block.query


def test_names_become_files() -> None:
    assert slug_of("macOS – Gatekeeper (MDM) is ON!") == "macos-gatekeeper-mdm-is-on"
    assert slug_of("日本") == "policy"
