"""A backup is restored into an empty place, whole and as it was signed, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.run import BEGINNING, make_result, make_run
from rempart_testing.server import a_context, client

from rempart_core.error import ContentError, StoreError, UsageError
from rempart_server import log
from rempart_server.backup import back_up
from rempart_server.opening import open_context
from rempart_server.restoring import Refused, Restoring, restore


def make_backup(tmp_path: Path, runs: int = 3) -> str:
    """Return a backup of a server with documents and events."""
    path = str(tmp_path / f"backup-{runs}")
    place = tmp_path / f"from-{runs}"
    place.mkdir()
    with a_context(place) as context:
        for number in range(runs):
            run = make_run("host", BEGINNING + number, [make_result("FWL-01", items=[f"{number}"])])
            context.store.save([run], key=context.key)
            with context.store.writing() as connection:
                log.record(connection, context, "ana", "user.add", f"ben {number}")
        back_up(context, path)
    return path


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_backup(tmp_path_factory.mktemp("made"))


def rewrite(path: str, to: Path, change: Callable[[list[dict[str, object]]], object]) -> str:
    """Write a backup in which something was changed, whole by its own last line."""
    lines = [json.loads(line) for line in gzip.decompress(Path(path).read_bytes()).splitlines()][:-1]
    change(lines)
    body = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    end = {"lines": len(lines), "sha256": hashlib.sha256(body).hexdigest()}
    to.write_bytes(gzip.compress(body + json.dumps(end).encode() + b"\n"))
    return str(to)


def nothing(directory: Path) -> bool:
    """Tell whether no server is there."""
    return not (directory / "server.yaml").exists()


def test_a_server_goes_on_where_it_was(backup: str, tmp_path: Path) -> None:
    heads = restore(Restoring(backup, str(tmp_path / "s")))
    with open_context(str(tmp_path / "s")) as context:
        assert context.store.head() == heads.documents.head
        assert [one.name for one in context.store.fleet()] == ["host"]
        run = make_run("host", BEGINNING + 9, [make_result("FWL-01")])
        context.store.save([run], key=context.key)
        with client(context) as one:
            assert one.get("/readyz").status_code == 200
    assert (tmp_path / "s" / "signing.key").stat().st_mode & 0o777 == 0o600


def test_it_goes_into_postgresql_too(backup: str, tmp_path: Path, database: str) -> None:
    heads = restore(Restoring(backup, str(tmp_path / "s"), store=database))
    with open_context(str(tmp_path / "s")) as context:
        assert context.settings.place == database
        assert context.store.head() == heads.documents.head
    with pytest.raises(UsageError, match="not empty"):
        restore(Restoring(backup, str(tmp_path / "t"), store=database))
    assert nothing(tmp_path / "t")


def test_the_heads_that_are_given_must_be_its_own(backup: str, tmp_path: Path) -> None:
    heads = restore(Restoring(backup, str(tmp_path / "a")))
    other = "0" * 64
    for wanted in (Restoring(backup, "", head=other), Restoring(backup, "", log_head=other)):
        with pytest.raises(Refused, match=other):
            restore(wanted._replace(directory=str(tmp_path / "s")))
        assert nothing(tmp_path / "s")
    right = Restoring(backup, str(tmp_path / "s"), head=heads.documents.head.upper(), log_head=f" {heads.log.head}\n")
    assert restore(right) == heads


def test_an_older_backup_has_another_head(backup: str, tmp_path: Path) -> None:
    head = restore(Restoring(backup, str(tmp_path / "a"))).documents.head
    older = make_backup(tmp_path, 2)
    with pytest.raises(Refused):
        restore(Restoring(older, str(tmp_path / "s"), head=head))
    assert nothing(tmp_path / "s")


def swap(table: str) -> Callable[[list[dict[str, object]]], object]:
    def change(lines: list[dict[str, object]]) -> None:
        at = next(number for number, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table)
        lines[at + 1], lines[at + 2] = lines[at + 2], lines[at + 1]
        del lines[at + 1]

    return change


@pytest.mark.parametrize("table", ["link", "server_event"])
def test_a_chain_that_does_not_hold_is_refused_whatever_the_digest_says(
    backup: str, tmp_path: Path, table: str
) -> None:
    changed = rewrite(backup, tmp_path / "b", swap(table))
    with pytest.raises(Refused, match="broken"):
        restore(Restoring(changed, str(tmp_path / "s")))
    assert nothing(tmp_path / "s")


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[0].update(layout="0001"),
        lambda lines: lines[0].update(schema="other"),
        lambda lines: lines.remove(next(one for one in lines if "file" in one and one["file"] == "server.yaml")),
        lambda lines: lines.remove(next(one for one in lines if "table" in one and one["table"] == "visit")),
        lambda lines: lines.insert(1, {"file": "../escaped", "mode": 384, "data": ""}),
        lambda lines: lines.insert(1, {"file": "store.db", "mode": 384, "data": ""}),
        lambda lines: lines.insert(1, {"file": "a", "mode": 384, "data": "*"}),
        lambda lines: lines.insert(1, ["no file"]),
        lambda lines: lines.append(["no table"]),
        lambda lines: lines.append({"table": "more", "columns": []}),
        lambda lines: lines.insert(-5, [2**80]),
    ],
)
def test_what_is_no_backup_of_this_version_is_refused(
    backup: str, tmp_path: Path, change: Callable[[list[dict[str, object]]], object]
) -> None:
    with pytest.raises(Refused):
        restore(Restoring(rewrite(backup, tmp_path / "b", change), str(tmp_path / "s")))
    assert nothing(tmp_path / "s")
    assert not (tmp_path / "escaped").exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_file_is_one_clear_error_and_leaves_the_store_empty(
    backup: str, tmp_path: Path, data: st.DataObject
) -> None:
    whole = Path(backup).read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(
        st.sampled_from([b"", b"\x00", bytes([whole[place] ^ 0x40]) + whole[place + 1 :]])
    )
    (tmp_path / "b").write_bytes(damaged)
    directory = tmp_path / "s"
    try:
        restore(Restoring(str(tmp_path / "b"), str(directory)))
    except (Refused, UsageError, StoreError, ContentError):
        assert nothing(directory)
    else:
        assert gzip.decompress(damaged) == gzip.decompress(whole)  # a byte of gzip's own head, which says nothing
        for one in directory.iterdir():
            one.unlink()


def test_a_place_with_a_server_stays_as_it_is(backup: str, tmp_path: Path) -> None:
    restore(Restoring(backup, str(tmp_path / "s")))
    before = {path.name: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(UsageError, match="nothing was changed"):
        restore(Restoring(backup, str(tmp_path / "s")))
    assert {path.name: path.read_bytes() for path in (tmp_path / "s").iterdir()} == before


def test_no_file_at_all_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        restore(Restoring(str(tmp_path / "away"), str(tmp_path / "s")))
