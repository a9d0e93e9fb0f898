"""The commands ``rempart export`` and ``rempart verify``."""

import argparse
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO

from rempart_agent.trust.key import read_public
from rempart_controller.output import check_outputs
from rempart_controller.trust import bundle
from rempart_controller.trust.bundle import Extent, Proof
from rempart_controller.trust.key import load_key
from rempart_core.error import ReportError, UsageError
from rempart_core.text import Text, clean_line, quiet_json


def export(options: argparse.Namespace) -> int:
    """Write a bundle."""
    from rempart_controller.store.archive import Scope
    from rempart_controller.store.choice import choose
    from rempart_controller.store.database import Store
    from rempart_controller.store.location import usual_store
    from rempart_controller.store.moment import read_moment

    check_outputs({"--out": options.out})
    with Store.open(options.store or usual_store(), create=False) as store:
        since = None if options.since is None else read_moment(options.since, store, end=False)
        hosts = set(options.host)
        if options.limit:
            hosts |= choose(options.limit, store.groups().items())
        scope = Scope(since, tuple(sorted(hosts)))
        key = load_key()
        try:
            if options.out == "-":
                extent = store.export(sys.stdout.buffer, key, scope)
            else:
                extent = _write(options.out, lambda out: store.export(out, key, scope))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise ReportError(f"can't write {options.out}: {(error.strerror or str(error)).lower()}") from error
    said = Text(
        f"{extent.links} links, {extent.documents} documents; head {extent.head}, key {key.public}",
        f"{extent.links} maillons, {extent.documents} documents ; tête {extent.head}, clé {key.public}",
    )
    print(said.get(options.lang), file=sys.stderr if options.out == "-" else sys.stdout)
    return 0


def _write(path: str, write: Callable[[IO[bytes]], Extent]) -> Extent:
    """Write a file beside and rename it: whatever fails, an older bundle stays; a device is written straight."""
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with open(path, "wb") as out:
            return write(out)
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # findings are nobody else's business
    try:
        with open(descriptor, "wb") as out:
            extent = write(out)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    return extent


def verify(options: argparse.Namespace) -> int:
    """Prove a bundle; 1 where it is broken."""
    keys = [read_public(text) for text in options.key]
    try:
        if options.bundle == "-":
            proof = bundle.verify(sys.stdin.buffer, keys, options.head.lower())
        else:
            with open(options.bundle, "rb") as lines:
                proof = bundle.verify(lines, keys, options.head.lower())
    except OSError as error:
        raise UsageError(f"{options.bundle}: {(error.strerror or str(error)).lower()}") from error
    if options.json:
        print(quiet_json(json.dumps(proof._asdict())))
    else:
        for line in _show(proof, bool(keys or options.head), options.lang):
            print(line)
    return int(bool(proof.fault))


def _show(proof: Proof, pinned: bool, language: str) -> Iterator[str]:
    place = clean_line(proof.place)
    fault = clean_line(proof.fault)
    if proof.fault:
        where = Text(f"link {proof.number}", f"maillon {proof.number}") if proof.number else Text("bundle", "lot")
        yield Text("BROKEN", "ROMPU").get(language) + f": {where.get(language)}" + (f" ({place})" if place else "")
        yield f"  {fault} ({Text('line', 'ligne').get(language)} {proof.line})"
        held = Text(
            f"{proof.links} links before it hold, {proof.documents} with their documents",
            f"{proof.links} maillons avant lui tiennent, {proof.documents} avec leur document",
        )
        yield f"  {held.get(language)}"
        return
    last = proof.first + proof.links - 1
    begun, ended = clean_line(proof.begun), clean_line(proof.ended)
    yield Text("INTACT", "INTACT").get(language) + Text(
        f": links {proof.first} to {last}, {proof.documents} documents, {begun} to {ended}",
        f" : maillons {proof.first} à {last}, {proof.documents} documents, du {begun} au {ended}",
    ).get(language)
    yield Text("head  ", "tête  ").get(language) + proof.head
    for key in proof.keys:
        yield Text("key   ", "clé   ").get(language) + key
    if proof.writer not in proof.keys:
        yield Text("written with another key: ", "écrit avec une autre clé : ").get(language) + proof.writer
    if proof.first > 1:
        yield Text(
            f"begins at link {proof.first}: what came before is not proven",
            f"commence au maillon {proof.first} : ce qui précède n’est pas prouvé",
        ).get(language)
    if not pinned:
        yield Text(
            "Any key was taken: compare key and head with those of reports that you kept, or give --key and --head.",
            "Toute clé a été acceptée : comparez clé et tête à celles de rapports gardés, ou donnez --key et --head.",
        ).get(language)
