"""The command ``rempart checks new``: a check and its cases to start from, sound before the first word is replaced."""

import argparse
import os
import re
from typing import NamedTuple

from rempart_agent.cli.language import option_help, words
from rempart_controller.commands.checks.chosen import add_own
from rempart_controller.commands.mistakes import refuse
from rempart_core.content.checkfile import ID, RESERVED, find_checks
from rempart_core.content.place import check_directories
from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.suggestion import quoted

_WORD = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_AREA = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CHECK = """\
id: {id}
revision: 1 # goes up with every change of query or threshold
title:
  en: "TODO: what is so when the check passes"
  fr: "TODO : ce qui est vrai quand la vérification réussit"
rationale:
  en: "TODO: what goes wrong for people otherwise"
  fr: "TODO : ce que les personnes risquent sinon"
not_examined: # what a reader could think is covered and is not; or "complete:" with the reason why nothing is left out
  en: ["TODO: what the check does not look at"]
  fr: ["TODO : ce que la vérification n’examine pas"]
severity: medium # critical, high, medium, low, info
roles: [workstation, server] # and image
parameters:
  paths: # what another site may want otherwise is a parameter; a statement writes it :paths
    type: rows
    columns: [path]
    default: [[{path}]]
    title: {{en: "TODO: files that have to be there", fr: "TODO : fichiers qui doivent être présents"}}
sentences: # what observed and expected name; data stands in a column of its own and is written {{column}}
  present: {{en: "TODO: present", fr: "TODO : présent"}}
  absent: {{en: "TODO: absent", fr: "TODO : absent"}}
platforms:
  {platform}:
    # user: everybody may read what is asked; leave the line out where only root may
    privilege: user
    # One row for each thing that is examined, with item, observed, expected and ok (1 or 0). What is wanted stands
    # first and what there is is joined to it, so that a file that is missing is a row that fails and not a row less.
    query: |
      WITH want(path) AS (VALUES :paths)
      SELECT w.path AS item,
             iif(f.path IS NULL, 'absent', 'present') AS observed,
             'present' AS expected,
             f.path IS NOT NULL AS ok
      FROM want w LEFT JOIN file f ON f.path = w.path
      WHERE w.path IS NOT NULL
remediation:
  disruption: manual
  # What a person does, in steps: words in both languages, or a command. Keys are debian, rhel, suse, linux (all
  # other Linux), darwin, windows and any.
  steps:
    any:
      - en: "TODO: what a person does"
        fr: "TODO : ce qu’il faut faire"
# controls: # what the check contributes to, in quotes: rempart checks coverage --framework gdpr
#   gdpr: ["32(1)(b)"]
"""
_CASES = """\
cases: # each platform needs one that passes, one that fails and one of empty tables
  - name: the file is there
    platform: {platform}
    tables:
      file:
        - {{path: {path}}}
    expect: pass
    passing: [{path}]
  - name: the file is missing and another one is there
    platform: {platform}
    tables:
      file:
        - {{path: {other}}}
    expect: fail
    failing: [{path}]
  - name: nothing is there
    platform: {platform}
    tables: {{}}
    expect: fail
  - name: the disk can't be read
    platform: {platform}
    tables:
      file: {{error: source, message: input/output error}}
    expect: error
"""
_PATHS = {
    "linux": ("/etc/todo.conf", "/etc/other.conf"),
    "darwin": ("/Library/Preferences/todo.plist", "/Library/Preferences/other.plist"),
    "windows": (r"C:\ProgramData\todo.ini", r"C:\ProgramData\other.ini"),
}


class NewRequest(NamedTuple):
    """A check to start from is asked for.

    Attributes:
        id: Its id, as ``ACME-01``.
        slug: A few words for the file's name.
        area: The folder that it lies in.
        directory: The folder of the user's checks.
        platform: What it asks.
        own: Other folders of the user's own checks.
    """

    id: str
    slug: str
    area: str
    directory: str
    platform: str
    own: tuple[str, ...]


def add(parser: argparse.ArgumentParser) -> None:
    """See Command.add."""
    parser.description = words("command.new_long")
    parser.add_argument("id", metavar="ID", help=option_help("help.new_id"))
    parser.add_argument("slug", metavar="SLUG", help=option_help("help.new_name"))
    parser.add_argument("--area", required=True, help=option_help("help.new_area"))
    parser.add_argument("--dir", metavar="DIR", required=True, help=option_help("help.new_folder"))
    parser.add_argument("--platform", choices=["linux", "darwin", "windows"], default="linux")
    add_own(parser)


def request(options: argparse.Namespace) -> NewRequest:
    """See Command.request; a name that is none is told with all others that are none."""
    id_ = options.id.upper()
    _expect_names(id_, options.slug, options.area)
    return NewRequest(id_, options.slug, options.area, options.dir, options.platform, tuple(options.checks_dir))


def run(request: NewRequest) -> int:
    """Write ``DIR/AREA/<id>-<slug>.yaml`` and its cases; nothing is overwritten.

    Raises:
        UsageError: The id is taken, or a file can't be written.
    """
    id_ = request.id
    _expect_free(request)
    path, other = _PATHS[request.platform]
    stem = os.path.join(request.directory, request.area, f"{id_.lower()}-{request.slug}")
    fields = {"id": id_, "platform": request.platform, "path": path, "other": other}
    files = {f"{stem}.yaml": _CHECK.format(**fields), f"{stem}.test.yaml": _CASES.format(**fields)}
    for file in files:
        if os.path.lexists(file):
            raise UsageError(Message("checks.file_exists", file=file))
    try:
        os.makedirs(os.path.dirname(stem), exist_ok=True)
        for file, text in files.items():
            with open(file, "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError as error:
        raise UsageError(Message("file.failed", path=error.filename, error=reason_of(error))) from error
    print(*files, sep="\n")
    own = f"--checks-dir {request.directory} {id_}"
    print(f"\n{words('checks.next_steps', words=own)}")
    return 0


def _expect_names(id_: str, slug: str, area: str) -> None:
    """Raises UsageError: with all names that are none."""
    mistakes = []
    if not ID.fullmatch(id_):
        mistakes.append(Message("checks.no_id", text=quoted(id_)))
    if not _WORD.fullmatch(slug):
        mistakes.append(Message("checks.no_slug", text=quoted(slug)))
    if not _AREA.fullmatch(area) or area in RESERVED:
        mistakes.append(Message("checks.no_area", text=quoted(area)))
    refuse(mistakes)


def _expect_free(request: NewRequest) -> None:
    """Refuse an id that a file is named after already; the files are not read, since another draft may be half done."""
    for directory in [*check_directories(request.own), request.directory]:
        for found in find_checks(directory, []):
            if os.path.basename(found.file).startswith(f"{request.id.lower()}-"):
                raise UsageError(Message("checks.id_taken", id=request.id, file=found.file))
