"""Writes one policy as a check of ours with its cases.

A policy says yes or no: a row is a pass. So the check has one row, whose ``ok`` is whether the policy's statement gives
one, and whose ``evidence`` is ``no-evidence``: what the statement saw, it does not show. Where the statement says yes
though no table had a row, nothing was examined: the check then has no row, and is ``not_checked``.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from rempart_agent.engines.sql.dialect import tokens
from rempart_controller.imports.example_rows import Examples, Reads, Sampler, Tables
from rempart_controller.imports.fleet_files import Policy
from rempart_core.content.yamltext import write_yaml
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.say import say, say_both
from rempart_core.model.check import PLATFORMS
from rempart_core.text import Text

AREA = "fleet"
PREFIX = "FLEET"


class Block(NamedTuple):
    """What a policy becomes on one platform.

    Attributes:
        query: The check's statement.
        reads: What the policy's statement reads.
        examples: Rows for its cases.
    """

    query: str
    reads: Reads
    examples: Examples


class Converted(NamedTuple):
    """What became of a policy.

    Attributes:
        blocks: Platform to what it becomes there.
        refused: Platform to why it becomes nothing there.
    """

    blocks: dict[str, Block]
    refused: dict[str, Message]


def convert(policy: Policy, samplers: Mapping[str, Sampler]) -> Converted:
    """Return what a policy becomes on each platform that it names; where it names none, on those that have its tables.

    Args:
        policy: The policy.
        samplers: By platform.
    """
    blocks: dict[str, Block] = {}
    refused: dict[str, Message] = {}
    for platform in policy.platforms or PLATFORMS:
        if platform not in samplers:
            refused[platform] = Message("fleet_import.platform")
            continue
        made = _convert(policy, samplers[platform])
        if isinstance(made, Block):
            blocks[platform] = made
        else:
            refused[platform] = made
    if blocks and not policy.platforms:  # it was for all that can answer it
        refused = {}
    return Converted(blocks, refused)


def _convert(policy: Policy, sampler: Sampler) -> Block | Message:
    sql = _without_end(policy.query.strip())
    if ("other", ";") in tokens(sql):
        return Message("fleet_import.several")
    reads = sampler.find_reads(sql)
    if isinstance(reads, Message):
        return reads
    if not reads.columns:
        return Message("fleet_import.no_table")
    examples = sampler.find_examples(sql, reads)
    if examples.met is None or examples.unmet is None:
        answer = Message("fleet_import.yes") if examples.met is None else Message("fleet_import.no")
        return Message("fleet_import.no_example", answer=answer)
    return Block(_wrap(policy.name, sql, reads.free if examples.empty else ()), reads, examples)


def _without_end(sql: str) -> str:
    """Return a statement without the semicolons at its end and the comments behind them."""
    while (known := tokens(sql)) and known[-1] == ("other", ";"):
        at = sql.rindex(";")
        while tokens(sql[:at]) != known[:-1]:  # it stands in a comment
            at = sql.rindex(";", 0, at)
        sql = sql[:at].rstrip()
    return sql


def _wrap(name: str, sql: str, witnesses: tuple[str, ...]) -> str:
    item = name.replace("'", "''")
    seen = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in witnesses)  # noqa: S608 - names of the schema
    return (
        f"SELECT '{item}' AS item,\n"
        "       iif(policy.met, 'met', 'unmet') AS observed,\n"
        "       'met' AS expected,\n"
        "       policy.met AS ok,\n"
        "       'no-evidence' AS evidence\n"
        f"FROM (SELECT EXISTS (\n{sql}\n) AS met) AS policy\n"
    ) + (f"WHERE {seen}\n" if seen else "")


def write_check(policy: Policy, id_: str, blocks: Mapping[str, Block]) -> str:
    """Return the text of the check's file.

    Args:
        policy: The policy.
        id_: The check's.
        blocks: Platform to what it becomes there.
    """
    return write_yaml(
        {
            "id": id_,
            "revision": 1,
            "title": _same(policy.name),
            "rationale": _same(policy.description) if policy.description else _both(Message("fleet_import.rationale")),
            "not_examined": {
                language: [
                    say(told, language) for told in (Message("fleet_import.unseen"), Message("fleet_import.as_it_is"))
                ]
                for language in ("en", "fr")
            },
            "severity": "high" if policy.critical else "medium",
            "roles": ["workstation", "server"],
            "sentences": {"met": _both(Message("fleet_import.met")), "unmet": _both(Message("fleet_import.unmet"))},
            "platforms": {platform: _describe(block) for platform, block in blocks.items()},
            "remediation": {
                "disruption": "manual",
                "manual": _same(policy.resolution) if policy.resolution else _both(Message("fleet_import.resolution")),
            },
        }
    )


def _describe(block: Block) -> dict[str, Json]:
    described: dict[str, Json] = {"query": block.query}
    if "\nWHERE EXISTS (" in block.query.rpartition("\n) AS met) AS policy")[2]:
        described |= {"when_empty": "not_checked", "empty_reason": _both(Message("fleet_import.nothing_seen"))}
    return described


def write_cases(blocks: Mapping[str, Block]) -> str:
    """Return the text of the file of the check's cases.

    Args:
        blocks: Platform to what it becomes there.
    """
    cases: list[dict[str, Json]] = []
    for platform, block in blocks.items():
        examples = block.examples
        told = {
            "a row": (examples.met or {}, "pass"),
            "no row": (examples.unmet or {}, "fail"),
        }
        if examples.empty and block.reads.free:
            told["empty tables"] = ({}, "not_checked")
        elif examples.empty:
            told["empty tables"] = ({}, "pass")
        elif any((examples.unmet or {}).values()):
            told["empty tables"] = ({}, "fail")
        for name, (tables, state) in told.items():
            filled: Tables = {table: rows for table, rows in tables.items() if rows}
            cases.append({"name": f"{platform}: {name}", "platform": platform, "tables": filled, "expect": state})
    return write_yaml({"cases": cases})


def slug_of(name: str) -> str:
    """Return a name as the part of a file's name: small letters, digits and hyphens."""
    words = re.findall("[a-z0-9]+", name.lower())
    return "-".join(words)[:60].strip("-") or "policy"


def _both(told: Message) -> dict[str, str]:
    return say_both(told)._asdict()


def _same(text: str) -> dict[str, str]:
    return Text(text, text)._asdict()
