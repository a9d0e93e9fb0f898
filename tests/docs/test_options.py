"""What can be given on the command line and what the documents tell of it are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import rempart_agent.commands.main
import rempart_controller.commands.main
from rempart_core.registers.catalogue import CONTRACTS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "playbooks/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
MAINS: dict[str, Callable[[list[str]], int]] = {
    "rempart": rempart_controller.commands.main.main,
    "rempart-agent": rempart_agent.commands.main.main,
}
COLUMNS = {f"--{one.name.replace('_', '-')}" for contract in CONTRACTS.values() for one in contract.columns}
_OWN = {"--help", "--version"}  # need no telling
# of Ansible, systemctl, ansible-lint, bash, osquery, cosign and our benches
FOREIGN = {"--tags", "--check", "--diff", "--failed", "--offline", "--norc"}
FOREIGN |= {"--against", "--disable_extensions", "--extensions_autoload", "--extensions_require"}
FOREIGN |= {"--cacert", "--extensions_timeout", "--global"}
FOREIGN |= {"--insecure-ignore-tlog", "--signature", "--type"}
FOREIGN |= {"--config_plugin", "--disable_distributed", "--distributed_interval", "--distributed_plugin"}
FOREIGN |= {"--distributed_tls_max_attempts", "--enroll_secret_path", "--enroll_tls_endpoint", "--host_identifier"}
FOREIGN |= {
    "--create-home",
    "--home-dir",
    "--ignore-install",
    "--logger_plugin",
    "--nodes",
    "--postgresql",
    "--workers",
    "--now",
    "--owner",
    "--tls_hostname",
    "--tls_server_certs",
}


@cache
def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


@pytest.fixture
def read_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return what a command says of itself."""
    monkeypatch.setenv("COLUMNS", "300")

    def read(program: str, *words: str) -> str:
        with pytest.raises(SystemExit):
            MAINS[program]([*words, "--help"])
        return capsys.readouterr().out

    return read


def name_commands(read_help: Callable[..., str], program: str, *words: str) -> list[tuple[str, ...]]:
    """Return the commands of a program, and the actions of those that have some."""
    said = read_help(program, *words)
    if not re.match(r"usage: .*(COMMAND|ACTION) \.\.\.$", said.splitlines()[0]):
        return [(program, *words)]
    names = re.findall(r"^    ([a-z][a-z-]*)(?: .*)?$", said, re.MULTILINE)
    return [found for name in names for found in name_commands(read_help, program, *words, name)]


def list_options(said: str) -> list[set[str]]:
    """Return the options of a help text, each by its short and its long name."""
    lines = re.findall(r"^  (-.*?)(?:  .*)?$", said, re.MULTILINE)
    return [set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", line)) for line in lines]


def names_any(options: set[str], text: str) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text) for option in options)


def test_every_option_is_told_of_and_every_one_that_is_told_of_is_there(read_help: Callable[..., str]) -> None:
    commands = [found for program in MAINS for found in name_commands(read_help, program)]
    assert len(commands) > 30
    options = [one for command in commands for one in list_options(read_help(*command))]
    everything = "\n".join(map(text_of, DOCUMENTS))
    untold = sorted({max(one, key=len) for one in options if not names_any(one, everything)} - _OWN)
    assert untold == []
    known = set().union(*options, FOREIGN, _OWN, COLUMNS)  # a column is an option of `registers add`
    told = {
        (document.name, option)
        for document in DOCUMENTS
        for option in set(re.findall(r"(?<![\w-])--[a-z][\w-]*", text_of(document))) - known
    }
    assert told == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_a_document_is_there(document: Path, read_help: Callable[..., str]) -> None:
    commands = {
        command[: size + 1] for program in MAINS for command in name_commands(read_help, program) for size in (1, 2)
    }
    written = re.findall(
        r"(?:^|[`/ ])(rempart(?:-agent)?) ([a-z][a-z-]+)(?: ([a-z][a-z-]+)(?=[` \n]))?", _code_of(document)
    )
    wrong = {words[:2] for words in written if words[:2] not in commands}
    parents = {command[:2] for command in commands if len(command) == 3}
    wrong |= {words for words in written if words[2] and words[:2] in parents and words not in commands}
    assert wrong == set()


def _code_of(document: Path) -> str:
    """Return what a document writes as code."""
    text = text_of(document)
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return "\n".join([*blocks, *(f"`{one}`" for one in re.findall(r"(?<!`)`([^`]+)`(?!`)", text))])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_headings_lead_to_one(document: Path) -> None:
    for place, heading in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", text_of(document)):
        if place.startswith("http"):
            continue
        target = document.parent / place if place else document
        titles = re.findall(r"^#+ (.*)$", text_of(target), re.MULTILINE)
        assert heading in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}, heading
