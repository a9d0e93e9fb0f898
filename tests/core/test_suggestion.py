"""A mistyped command, action, option, value or name is answered with what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

import rempart_agent.commands.main
from rempart_controller.commands.main import main
from rempart_store.store import Store


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("adit", '"audit"'),
        ("hstory web", '"history"'),
        ("checks lst", '"list"'),
        ("incident opn web", '"open"'),
        ("agent acept web", '"accept"'),
        ("audit --cheks FWL-01", '"--checks"'),
        ("audit --fial-on high", '"--fail-on"'),
        ("plan -i x --chekcs=FWL-01", '"--checks"'),
        ("checks show FWL-01 --platfrom linux", '"--platform"'),
        ("audit --role servr", '"server"'),
        ("audit --fail-on hgh", '"high"'),
        ("audit --root / --profile servr", '"server"'),
        ("audit --root / --checks FWLL-01", '"FWL-01"'),
        ("audit --root / --checks FWL-01 --param FWL01.x=1", '"FWL-01"'),
        ("checks show FWL01", '"FWL-01"'),
        ("checks list firewal", '"firewall"'),
        ("checks coverage --framework gdrp", '"gdpr"'),
    ],
)
def test_what_was_meant_is_said(words: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_of(words.split()) == 2
    said = capsys.readouterr().err
    assert f"did you mean {meant}" in said, said


def test_so_does_the_agent(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        rempart_agent.commands.main.main(["querry", "SELECT 1"])
    assert 'did you mean "query"?' in capsys.readouterr().err


def exit_of(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as end:
        return int(str(end.code))


def test_an_option_is_told_with_the_usage_of_its_own_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_of(["checks", "show", "FWL-01", "--sqll"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: rempart checks show ")
    assert 'unknown: --sqll: did you mean "--sql"?' in said


@pytest.mark.parametrize("words", ["xyzzy", "audit --xyzzy", "audit -Z", "audit some thing"])
def test_where_nothing_looks_like_it_nothing_is_suggested(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_of(words.split()) == 2
    said = capsys.readouterr().err
    assert "did you mean" not in said
    assert ("is not one of: " in said) is (words == "xyzzy")


def test_hosts_of_an_inventory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inventory = tmp_path / "hosts"
    inventory.write_text("[servers]\nweb-1\ndb-1\n")
    inventory.chmod(0o600)
    for limit, meant in (("wbe-1", "web-1"), ("server", "servers")):
        assert exit_of(["audit", "-i", str(inventory), "-l", limit]) == 2
        assert (
            f'the inventory contains no host that matches "{limit}": did you mean "{meant}"' in capsys.readouterr().err
        )


def test_hosts_of_the_store_and_known_agents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rempart_testing.run import BEGINNING, make_result, make_run

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = str(tmp_path / "rempart.db")
    with Store.open(place) as store:
        store.save([make_run(name, BEGINNING, [make_result("AAA-01")]) for name in ("web-1", "db-1")])
    for words in ("fleet -l wbe-1", "drift -l wbe-1", "history wbe-1", "export --out - --host wbe-1"):
        assert exit_of([*words.split(), "--store", place]) == 2
        assert "web-1" in capsys.readouterr().err.partition("did you mean")[2], words
    assert main(["agent", "accept", "web-1", "0" * 64, "1" * 64]) == 0
    assert exit_of(["agent", "forget", "wbe-1"]) == 2
    assert 'no agent is known for wbe-1: did you mean "web-1"?' in capsys.readouterr().err
