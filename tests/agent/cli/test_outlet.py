"""No line of any command, on any stream, is a command to a build service, whatever names come from outside."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rempart_testing.check import write_check, write_profiles
from rempart_testing.tree import everything_wrong

from rempart_agent.cli.outlet import Outlet
from rempart_agent.commands.main import main as agent_main
from rempart_controller.commands.main import main

COMMAND = re.compile(r"(?im)^\s*::(?=\S)|##(?:\[|vso\[|teamcity\[)")
"""What runners act on: actions/runner ActionCommand.cs, azure-pipelines-agent Command.cs, TeamCity service messages."""
HOSTILE = [
    "::add-mask::x",
    "::set-output name=a::b",
    "##vso[task.setvariable variable=a]b",
    "##[error]x",
    "##teamcity[buildStatus text='x']",
    "x\n::error::y",
    "x\r\n##vso[build.addbuildtag]y",
    "  ::stop-commands::z",
    "\u2028::error::q",
    "#",
]
names = st.sampled_from(HOSTILE) | st.lists(st.sampled_from([*HOSTILE, " ", "\n", ":", "#"]), max_size=3).map("".join)


@given(st.lists(st.sampled_from([*HOSTILE, ":", "::", "##", "[", "vso[", "\n", "a", " ", "\t", "\r"]), max_size=12))
@example(["#", "#vso[task]x"])
@example([":", ":error::x"])
@example(["\n", " ", ":", ":warning::y"])
def test_a_line_that_comes_in_pieces_is_none_either(pieces: list[str]) -> None:
    out = io.StringIO()
    outlet = Outlet(out)
    for piece in pieces:
        outlet.write(piece)
    assert not COMMAND.search(out.getvalue())
    plain = out.getvalue().replace("\\", "")
    assert plain == "".join(pieces).replace("\\", ""), "nothing is lost"


@given(st.text())
def test_what_holds_no_command_passes_as_it_is(text: str) -> None:
    out = io.StringIO()
    Outlet(out).write(text)
    if not COMMAND.search("\n".join(text.splitlines())):
        assert out.getvalue() == text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make checks, a root filesystem with hostile names in it, an inventory, run documents, a plan, a bundle."""
    place = tmp_path_factory.mktemp("hostile")
    write_check(place / "checks", 1, "SELECT username AS item, shell AS observed, 'x' AS expected, 0 AS ok FROM users")
    write_profiles(place / "checks")
    (place / "root").mkdir()
    everything_wrong(place / "root", running=False)
    with (place / "root" / "etc" / "passwd").open("a") as passwd:
        for number, name in enumerate(HOSTILE):
            flat = name.replace("\n", " ").replace("\r", " ").replace(":", "\u02d0")
            passwd.write(f"{flat}:x:{3000 + number}:100:##vso[task]:/home/x:##[error]\n")
    for number, name in enumerate(HOSTILE):
        (place / "root" / "etc" / "cron.d").mkdir(exist_ok=True)
        (place / "root" / "etc" / "cron.d" / f"job{number}").write_text(f"* * * * * root echo {name}\n")
    (place / "broken.yaml").write_text("".join(f'"{name!r}": [\n' for name in HOSTILE))
    (place / "broken.json").write_text(json.dumps({"schema": HOSTILE[0], HOSTILE[2]: HOSTILE}))
    return place


def _commands(place: Path, name: str) -> list[list[str]]:
    root = ["--root", str(place / "root")]
    strange = str(place / name.replace("/", "").replace("\0", "") or "x")[:200]
    return [
        ["audit", *root, "--profile", "all", "--verbose"],
        ["audit", *root, "--profile", "all", "--csv", "-"],
        ["audit", *root, "--profile", "all", "--jsonl", "-"],
        ["audit", *root, "--profile", "all", "--json", "-"],
        ["audit", *root, "--profile", "all", "--junit", "-", "--junit-form", "rich"],
        ["audit", *root, "--profile", "all", "--markdown", "-"],
        ["audit", *root, "--profile", "all", "--html", "-"],
        ["audit", *root, "--checks", name],
        ["audit", *root, "--profile", name],
        ["audit", *root, "--param", name],
        ["audit", *root, "--waivers", strange],
        ["audit", *root, "--baseline", str(place / "broken.json")],
        ["audit", *root, "--checks-dir", strange],
        ["audit", "--root", strange],
        ["audit", "-i", strange],
        ["audit", "-i", f"{name},"[:60], "-l", name],
        ["audit", "--lang", name],
        [name],
        ["query", "-i", strange, name],
        ["diff", strange, str(place / "broken.json")],
        ["diff", str(place / "broken.json"), str(place / "broken.json")],
        ["drift", "--store", strange, "--since", name],
        ["history", name, "--store", strange],
        ["fleet", "--at", name, "--store", strange],
        ["export", "--out", strange, "--host", name, "--store", strange],
        ["verify", strange],
        ["verify", str(place / "broken.json"), "--key", name],
        ["plan", "-i", strange, "--out", strange],
        ["apply", strange],
        ["apply", str(place / "broken.json")],
        ["rollback", name, "-i", strange],
        ["schedule", "--name", name, "--show", "--", "--checks", name],
        ["incident", "open", name, "-i", strange],
        ["incident", "show", name],
        ["agent", "forget", name],
        ["checks", "show", name],
        ["checks", "list", name],
        ["checks", "lint", "--checks-dir", strange],
        ["checks", "test", "--case", name],
        ["checks", "coverage", "--framework", name],
        ["checks", "new", name, name, "--area", name, "--dir", strange],
    ]


SUBCOMMANDS = len(_commands(Path("/x"), "x"))


@pytest.fixture
def alone(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))  # the checks are read once for all
    monkeypatch.delenv("REMPART_STORE", raising=False)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("number", range(SUBCOMMANDS))
def test_no_subcommand_lets_one_out(place: Path, number: int, capfd: pytest.CaptureFixture[str]) -> None:
    words = _commands(place, "x")[number]
    dear = "-i" in words or words[:2] == ["checks", "test"]  # Ansible is started for each, or all cases are read
    for name in HOSTILE[:1] if number <= 6 else HOSTILE[1:7:2] if dear else HOSTILE:
        arguments = _commands(place, name)[number]
        try:
            main(arguments)
        except SystemExit:  # argparse ends so
            pass
        said = capfd.readouterr()
        for stream in (said.out, said.err):
            found = COMMAND.search(stream)
            assert not found, (arguments, stream[max(0, found.start() - 100) : found.end() + 100])
        if "--jsonl" in arguments:
            assert [json.loads(line) for line in said.out.splitlines()]
        if "--json" in arguments:
            assert json.loads(said.out)["results"]


@pytest.mark.usefixtures("alone")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=names, as_json=st.booleans())
def test_what_a_query_answers_is_none(place: Path, name: str, as_json: bool, capfd: pytest.CaptureFixture[str]) -> None:
    quoted = name.replace("'", "''").replace("\0", "")
    more = ["--json"] if as_json else []
    status = agent_main(
        ["query", "--root", str(place / "root"), *more, f"SELECT '{quoted}' AS a, 1 AS \"{quoted or 'x'}\""]
    )
    said = capfd.readouterr()
    assert not COMMAND.search(said.out + "\n" + said.err)
    if as_json and status == 0:
        assert json.loads(said.out)[0]["a"] == quoted.replace("''", "'")
    assert os.path.isdir(place)
