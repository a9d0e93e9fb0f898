"""A stand-in of osqueryi: speaks as the real shell does on a pipe, over given tables.

Statements on standard input or as an argument; a frame of JSON each; errors on standard error as the real one words
them; lines that begin with a point are commands. Its extension socket takes extensions. A JSON file of tables is named
by ``REMPART_TESTING_TABLES`` and read anew when it has changed; without one the running machine's tables are answered.
It misbehaves where a statement holds one of the words of ``MISBEHAVIOURS``.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import time
from pathlib import Path

from rempart_agent.engines.sql.database import Reader
from rempart_core.model.result import Failure
from rempart_testing.osquery_tables import Given, Live, read_given
from rempart_testing.osqueryd import Osqueryd

VARIABLE = "REMPART_TESTING_TABLES"
MISBEHAVIOURS = (
    "please_hang",  # never answers
    "please_die",  # ends in the middle of an answer
    "please_chatter",  # fills standard error with more than a pipe holds
    "please_garble",  # prints what is no JSON
    "please_swallow",  # prints no frame at all
    "please_eat",  # takes more memory than it may
    "please_gush",  # prints without end
    "please_part",  # prints rows and fails after them
)
_REQUIRED = "W1125 13:00:00.000000 4711 virtual_table.cpp:986] Table {} was queried without a required column"


class Shell:
    """The shell's loop over its input."""

    def __init__(self, socket: str) -> None:
        self._file = os.environ.get(VARIABLE, "")
        self._changed = (0, 0)
        self._given: Reader = Given({}) if self._file else Live()
        self._daemon = Osqueryd(socket or f"/tmp/rempart-no-{os.getpid()}.em", self._given)
        if not socket:
            self._daemon.stop()
        self.failed = False

    def run(self, sql: str, where: str) -> None:
        """Answer one statement or several, and print a frame."""
        self._refresh()
        rows, failure = self._daemon.shell.answer(sql)
        if "please_part" in sql:
            failure = Failure("sql", "the table broke in the middle")
        elif failure is not None:
            rows = []
        misbehave(sql)
        if "please_swallow" not in sql:
            lines = [json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for row in rows]
            print("[\n" + ",\n".join("  " + line for line in lines) + "\n]")
        if failure is not None:
            self.failed = True
            if failure.kind == "constraint":
                print(_REQUIRED.format("x"), file=sys.stderr)
            print(f"Error: {where}{failure.message}", file=sys.stderr)

    def read(self) -> None:
        """Read statements and commands from standard input, as ``process_input`` of the real shell."""
        pending, began, number = "", 0, 0
        while True:
            sys.stdout.flush()
            line = sys.stdin.readline()
            if not line:
                break
            number += 1
            line = line.rstrip("\n")
            if not pending and not line.strip():
                continue
            if not pending and line.startswith("."):
                self._command(line)
                continue
            began = began if pending else number
            pending = f"{pending}\n{line}" if pending else line.lstrip()
            if ";" in line and sqlite3.complete_statement(pending):
                self.run(pending, f"near line {began}: ")
                pending = ""
        if pending.strip():
            self.failed = True
            print(f"Error: incomplete SQL: {pending}", file=sys.stderr)

    def _command(self, line: str) -> None:
        words = line[1:].split()
        if words[:1] == ["print"]:
            print(" ".join(words[1:]))
        elif words[:1] == ["exit"]:
            sys.exit(0)
        else:
            self.failed = True
            print(f'Error: unknown command or invalid arguments:  "{words[:1]}".', file=sys.stderr)

    def _refresh(self) -> None:
        if self._file:
            status = os.stat(self._file)
            changed = (status.st_ino, status.st_mtime_ns)
            if changed != self._changed:
                self._changed = changed
                with open(self._file, encoding="utf-8") as file:
                    self._daemon.given = read_given(file.read())


def install(folder: Path) -> Path:
    """Write the program ``osqueryi`` into a folder and return it."""
    program = folder / "osqueryi"
    support = Path(__file__).parent.parent
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={support} exec {sys.executable} -P -m rempart_testing.osqueryi "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return program


def misbehave(sql: str) -> None:
    """Do what the statement asks for."""
    if "please_hang" in sql:
        time.sleep(3600)
    if "please_die" in sql:
        sys.stdout.write('[\n  {"half')
        sys.stdout.flush()
        os._exit(3)
    if "please_chatter" in sql:
        sys.stderr.write("W1125 13:00:00.000000 4711 table.cpp:1] chatter\n" * 20_000)
    if "please_garble" in sql:
        print("\x1b[31mnot json")
    if "please_eat" in sql:
        taken = [bytearray(1 << 26) for _ in range(40)]
        print(len(taken), file=sys.stderr)
    if "please_gush" in sql:
        while True:
            sys.stdout.write("x" * 100_000)


def main() -> int:
    """Run as osqueryi."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--disable_extensions", nargs="?", const="true", default="false")
    parser.add_argument("--extensions_socket", default="")
    parser.add_argument("sql", nargs="?")
    options, unknown = parser.parse_known_args()
    if unknown:
        print(f"ERROR: unknown command line flag '{unknown[0].lstrip('-')}'", file=sys.stderr)
        return 1
    shell = Shell(options.extensions_socket if options.disable_extensions == "false" else "")
    if options.sql:
        shell.run(options.sql, "")
    else:
        shell.read()
    return int(shell.failed)


if __name__ == "__main__":
    sys.exit(main())
