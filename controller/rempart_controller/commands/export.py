"""The commands ``rempart export`` and ``rempart verify``."""

import argparse
import json
import os
import shutil
import stat
import sys
import time as clock
from collections.abc import Callable, Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

from rempart_controller.recording.user_key import load_key
from rempart_core.error import ReportError, UsageError
from rempart_core.signing import bundle
from rempart_core.signing.bundle import Extent, Proof
from rempart_core.signing.key import read_public
from rempart_core.text import Text, clean_line, quiet_json
from rempart_reports.writing.output_places import check_outputs


def export(options: argparse.Namespace) -> int:
    """Write a bundle and look whether it holds; 1 where the store lacks something that it must have."""
    from rempart_controller.inventory.host_filter import choose
    from rempart_store.location import usual_store
    from rempart_store.read.archive import Scope
    from rempart_store.store import Store

    check_outputs({"--out": options.out})
    with Store.open(options.store or usual_store(), create=False) as store:
        since = None if options.since is None else store.moment(options.since, end=False)
        hosts = set(options.host)
        if options.limit:
            hosts |= choose(options.limit, store.groups().items())
        scope = Scope(since, tuple(sorted(hosts)))
        key = load_key()
        try:
            if options.out == "-":
                with TemporaryFile() as out:
                    extent, proof = _write_proven(out, lambda out: store.export(out, key, scope))
                    out.seek(0)
                    shutil.copyfileobj(out, sys.stdout.buffer)
                    sys.stdout.buffer.flush()
            else:
                extent, proof = _write(options.out, lambda out: store.export(out, key, scope))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise ReportError(f"can't write {options.out}: {(error.strerror or str(error)).lower()}") from error
    said = Text(
        f"{extent.links} links, {extent.documents} documents; head {extent.head}, key {key.public}",
        f"{extent.links} maillons, {extent.documents} documents ; tête {extent.head}, clé {key.public}",
    )
    print(said.get(options.lang), file=sys.stderr if options.out == "-" else sys.stdout)
    others = [one for one in proof.keys if one != key.public]
    if others:
        names = ", ".join(others)
        told = Text(
            f"signed with other keys than yours, too: {names}: give `verify` only those that you know",
            f"signé aussi avec d’autres clés que la vôtre : {names} ; ne donnez à `verify` que les clés connues",
        )
        print(told.get(options.lang), file=sys.stderr)
    if proof.fault:
        for line in _show(proof, pinned=False, language=options.lang):
            print(line, file=sys.stderr)
        return 1
    return 0


def _write_proven(out: IO[bytes], write: Callable[[IO[bytes]], Extent]) -> tuple[Extent, Proof]:
    """Write a bundle and read it back: what the store has lost is told at once, and not to the auditor first."""
    extent = write(out)
    out.seek(0)
    return extent, bundle.verify(out)


def _write(path: str, write: Callable[[IO[bytes]], Extent]) -> tuple[Extent, Proof]:
    """Write a file beside and rename it: whatever fails, an older bundle stays; a device is written straight."""
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        with TemporaryFile() as whole, open(path, "wb") as out:
            found = _write_proven(whole, write)
            whole.seek(0)
            shutil.copyfileobj(whole, out)
            return found
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # findings are nobody else's business
    try:
        with open(descriptor, "w+b") as out:
            found = _write_proven(out, write)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    return found


def verify(options: argparse.Namespace) -> int:
    """Prove a bundle; 1 where it is broken, 3 where it holds in itself and no key says who must have signed it."""
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
        for line in _show(proof, bool(options.head), options.lang):
            print(line)
    return 1 if proof.fault else 0 if proof.proven else 3


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
    verdict = Text("INTACT", "INTACT") if proof.proven else Text("NOT PROVEN", "NON PROUVÉ")
    yield verdict.get(language) + Text(
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
    if proof.missing:  # a fault, but in a bundle of the first form
        yield Text(
            f"{len(proof.missing)} links without their documents: a bundle of this old form does not say why",
            f"{len(proof.missing)} maillons sans leur document : un lot de cette ancienne forme ne dit pas pourquoi",
        ).get(language)
    if proof.hosts is not None:
        named = ", ".join(map(clean_line, proof.hosts))
        yield Text(f"only documents of {named}", f"seulement les documents de {named}").get(language)
    if proof.forgotten:
        day = clock.strftime("%Y-%m-%d", clock.gmtime(proof.forgotten))
        yield Text(
            f"documents of runs before {day} were forgotten (--keep); their links hold",
            f"les documents antérieurs au {day} ont été oubliés (--keep) ; leurs maillons tiennent",
        ).get(language)
    if not proof.proven:
        yield Text(
            "It holds in itself, and whoever made it may have made all of it: give each key that may have signed "
            "(--key), as `rempart export` and the reports of that time say.",
            "Il tient en lui-même, mais qui l’a fait peut l’avoir fait de toutes pièces : donnez chaque clé qui a pu "
            "signer (--key), telle que la disent `rempart export` et les rapports de l’époque.",
        ).get(language)
    if not pinned:
        yield Text(
            "Its end may be cut: give the head of the last report (--head).",
            "Sa fin peut être coupée : donnez la tête du dernier rapport (--head).",
        ).get(language)
