"""What each ``rempart incident …`` does; returns the exit status."""

import argparse
import hashlib
import os
import sys
import time as clock
from collections.abc import Callable
from typing import Any

from rempart_controller.incident import evidence, timeline
from rempart_controller.incident.approval import expect_two, find_author
from rempart_controller.incident.clock import GDPR_HOURS
from rempart_controller.incident.draft import find_missing
from rempart_controller.incident.folder import find, list_standings, make_folder
from rempart_controller.incident.incident_state import DECISIONS, FACTS, Standing, read_standing
from rempart_controller.incident.timeline import Author, Entry
from rempart_controller.recording.user_key import load_key
from rempart_controller.remediation.ansible.progress_line import write_now
from rempart_controller.wording import translate
from rempart_core.error import EndpointError, IncidentError, RemediationError, UsageError
from rempart_core.text import Text, clean, clean_line
from rempart_core.timestamps import read_time, write_moment
from rempart_reports.writing.translation import colon

_SOON = 120  # seconds by which a clock may be ahead


class Desk:
    """An incident, whoever works at it, and the key that signs what is done."""

    def __init__(self, options: argparse.Namespace, folder: str) -> None:
        self._lang = options.lang
        self.key = load_key()
        self.folder = folder
        self.author: Author = find_author(options.by)

    def write(self, action: str, outcome: str, **detail: Any) -> Entry:
        """Write an entry of the timeline."""
        return timeline.append(self.folder, self.key, self.author, action, outcome, detail)

    def say(self, english: str, french: str) -> None:
        """Tell the user."""
        print(clean(Text(english, french).get(self._lang)))


def _read_past(text: str, option: str) -> int:
    """Return a moment that is not to come."""
    moment = read_time(text)
    if moment > clock.time() + _SOON:
        raise UsageError(f"{option} {text}: this is in the future")
    return moment


def open_incident(options: argparse.Namespace) -> int:
    """Open an incident: the clock runs from the moment of awareness."""
    from rempart_controller.incident.host_access import expect_name, find_host
    from rempart_controller.remediation.ansible.access import name_inventories

    host = expect_name(options.host)
    aware = _read_past(options.aware, "--aware") if options.aware else int(clock.time())
    running = [one for one in list_standings() if one.host == host and one.state in {"open", "isolated"}]
    if running:
        raise UsageError(f"the incident {running[0].incident} of {host} is open already")
    inventories = name_inventories(options.inventory)
    if inventories:
        find_host(options, inventories, host)
    desk = Desk(options, make_folder())
    desk.write("open", "done", host=host, title=options.title, aware=aware, inventories=inventories)
    incident, end = os.path.basename(desk.folder), write_moment(aware + GDPR_HOURS * 3600)
    desk.say(
        f"incident {incident} of {host} is open; the 72 hours of GDPR article 33 end {end}\n"
        f"next: rempart incident collect {incident}, then rempart incident isolate {incident}",
        f"l’incident {incident} de {host} est ouvert ; les 72 heures de l’article 33 du RGPD prennent fin le {end}\n"
        f"ensuite : rempart incident collect {incident}, puis rempart incident isolate {incident}",
    )
    return 0


class Progress:
    """One line on a terminal that says what is done; nothing in a pipe."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def show(self, what: str) -> None:
        """Show what is done."""
        if self._on:
            write_now(f"\r\033[K{clean_line(what)[:100]}")  # a signal handler says something, too

    def clear(self) -> None:
        """Take the line away."""
        if self._on:
            write_now("\r\033[K")


def _prepare(options: argparse.Namespace, found: Standing) -> tuple[Any, Any]:
    """Return the host of an incident and how Ansible reaches it."""
    from rempart_controller.incident.host_access import find_host
    from rempart_controller.remediation.ansible.access import name_inventories

    inventories = name_inventories(options.inventory) or list(found.inventories)
    host, access = find_host(options, inventories, found.host)
    if host.connection == "local":
        raise UsageError(f"{found.host} is this machine, the controller: incidents of it are handled from another one")
    return host, access


def collect(options: argparse.Namespace) -> int:
    """Collect evidence; 3 where an item did not come."""
    from rempart_controller.incident.collecting import PATHS, Source, collect_tables, keep_logs, questions
    from rempart_controller.incident.isolation import Operator, read_logs

    found = find(options.incident)
    paths = [*PATHS, *options.path]
    questions(paths)  # a wrong path is told before anything is done
    host, access = _prepare(options, found)
    desk, progress = Desk(options, found.folder), Progress()
    desk.write("collect", "begun")
    vault = evidence.Vault(found.folder, len(found.collections) + 1)
    who: dict[str, Any] = {}
    interrupted = False
    try:
        who = collect_tables(Source(host, clock.monotonic() + options.host_deadline, progress.show), paths, vault)
        if who and not who["privileged"]:
            vault.miss("table", "what root alone sees", f"{who['user']} is not root: become root (-b, ansible_become)")
        if options.no_logs:
            vault.miss("file", "logs", f"not asked for: {options.no_logs}")
        else:
            logs = {"logs": ["/var/log", *options.log]}
            answer, reason = read_logs(Operator(access, found.host, progress.show), logs)
            if answer:
                keep_logs(answer, vault)
            if reason or not answer:
                vault.miss("file", "logs", reason or "nothing came")
    except KeyboardInterrupt:
        interrupted = True
        vault.miss("file", "the rest", "the collection was interrupted")
    finally:
        progress.clear()
        manifest = vault.seal(desk.key, found.incident, found.host, who)
        whole, part, missed = evidence.count(vault.items)
        folder = os.path.basename(vault.folder)
        detail = {"folder": folder, "manifest": manifest, "items": whole, "parts": part, "failed": missed}
        desk.write("collect", "failed" if interrupted or not whole else "done", **detail)
    desk.say(
        f"{whole} items collected, {part} in part, {missed} did not come: {vault.folder}\nmanifest {manifest}",
        f"{whole} éléments collectés, {part} en partie, {missed} manquants : {vault.folder}\nmanifeste {manifest}",
    )
    for item in vault.items:
        if item["state"] != "collected":
            said = (translate(item[part], options.lang) for part in ("name", "reason"))
            print(clean_line(f"  {colon(options.lang).join(said)}"), file=sys.stderr)
    return 130 if interrupted else 3 if missed else 0


def isolate(options: argparse.Namespace) -> int:
    """Cut the host off from all but the controller."""
    from rempart_controller.incident import isolation
    from rempart_controller.incident.host_access import expect_other, is_temporary

    found = find(options.incident)
    if not any(one.get("items") for one in found.collections) and not options.evidence_later:
        raise UsageError(
            f"no evidence of {found.host} was collected, and an isolation changes what there is to see: "
            f"rempart incident collect {found.incident}, or --evidence-later REASON"
        )
    author = find_author(options.by)
    approved = ""
    if not options.alone:
        approved = expect_two(author, options.approved_by, "isolating a host", "--alone REASON")
    host, access = _prepare(options, found)
    expect_other(host, options.host_deadline)
    desk, progress = Desk(options, found.folder), Progress()
    mine = f"incident-{found.incident}-{found.isolations + 1}"
    change = found.isolation.change if found.isolation else found.attempted or mine
    detail = {"change": change, "approved_by": approved, "alone": options.alone, "lifts": options.revert_after}
    desk.write("isolate", "begun", **detail, evidence_later=options.evidence_later)
    operator = isolation.Operator(access, found.host, progress.show)
    holder = f"{author.by}, incident {found.incident}"
    try:
        came = isolation.isolate(operator, change, holder, options.revert_after)
    except RemediationError as error:
        undone = isinstance(error, isolation.NotIsolated) and error.undone
        desk.write("isolate", "failed", **detail, reason=str(error), undone=undone)
        raise
    finally:
        progress.clear()
    rules = _keep_rules(found.folder, change, came.rules) if found.isolation is None else found.isolation.rules
    way = f"{came.address} port {came.port}"
    desk.write("isolate", "done", **detail, digest=came.digest, way=way, rules=rules, changed=came.changed)
    desk.say(
        f"{found.host} is isolated{'' if came.changed else ' as it was'}: only {came.address} reaches it, at port "
        f"{came.port}. Tell the floor manager: its telephone and its sessions are cut.",
        f"{found.host} est isolée{'' if came.changed else ' comme avant'} : seule {came.address} l’atteint, port "
        f"{came.port}. Prévenez le responsable de plateau : téléphone et sessions y sont coupés.",
    )
    if is_temporary(came.address):
        desk.say(
            f"WARNING: {came.address} is a temporary address of this machine. When it changes nobody reaches "
            f"{found.host} any more: release it before, or isolate it again from a stable one.",
            f"ATTENTION : {came.address} est une adresse temporaire de cette machine. Quand elle changera, plus "
            f"personne n’atteindra {found.host} : remettez-la en service avant, ou isolez-la de nouveau depuis une "
            f"adresse stable.",
        )
    if options.revert_after:
        desk.say(
            f"It lifts its isolation by itself in {options.revert_after} seconds, unless you isolate it again.",
            f"Elle lève son isolement d’elle-même dans {options.revert_after} secondes, sauf nouvel isolate.",
        )
    return 0


def _keep_rules(folder: str, change: str, rules: str) -> str:
    """Keep the rules that stood before, and return their SHA-256."""
    data = rules.encode("utf-8", "replace")
    path = os.path.join(folder, f"rules-before-{change}.nft")
    try:
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
                file.write(data)
    except OSError as error:
        raise IncidentError(f"{path} can't be written: {(error.strerror or str(error)).lower()}") from error
    return hashlib.sha256(data).hexdigest()


def release(options: argparse.Namespace) -> int:
    """Lift the isolation, where an audit allows it."""
    from rempart_controller.incident import isolation
    from rempart_controller.incident.gate import pass_gate

    found = find(options.incident)
    change = found.isolation.change if found.isolation else found.attempted
    if not change:
        raise UsageError(f"{found.host} is not isolated")
    author = find_author(options.by)
    signed = clean_line(options.signed_by.strip())
    approved = expect_two(author, options.approved_by, "a release by force") if options.force else ""
    if not options.force and not signed:
        raise UsageError("the incident lead signs: --signed-by NAME (or --force REASON, with --approved-by NAME)")
    host, access = _prepare(options, found)
    desk, progress = Desk(options, found.folder), Progress()
    detail: dict[str, Any] = {"change": change, "signed_by": signed, "force": options.force, "approved_by": approved}
    desk.write("release", "begun", **detail)
    try:
        if not options.force:
            progress.show("audit")
            detail |= pass_gate(host, options.host_deadline, options.checks_dir, found.folder, options.lang)
        operator = isolation.Operator(access, found.host, progress.show)
        digest = found.isolation.digest if found.isolation else ""
        rules = isolation.release(operator, change, digest, force=bool(options.force))
    except (RemediationError, EndpointError, KeyboardInterrupt) as error:
        desk.write("release", "failed", **detail, reason=str(error) or "interrupted")
        raise
    finally:
        progress.clear()
    left = hashlib.sha256(rules.encode("utf-8", "replace")).hexdigest()
    former = found.isolation is not None and left == found.isolation.rules
    desk.write("release", "done", **detail, rules=left, former_rules=former)
    desk.say(f"{found.host} is back in service.", f"{found.host} est remise en service.")
    if former:
        desk.say("Its rules are those from before the isolation.", "Ses règles sont celles d’avant l’isolement.")
    else:
        desk.say(
            f"Its rules are not those from before the isolation, which {found.folder} keeps: they were changed since.",
            f"Ses règles ne sont pas celles d’avant l’isolement (gardées dans {found.folder}) : elles ont changé.",
        )
    return 0


def note(options: argparse.Namespace) -> int:
    """Note what is known, decided or done."""
    found = find(options.incident)
    detail: dict[str, Any] = {name: value for name in FACTS if (value := getattr(options, name))}
    at = write_moment(_read_past(options.at, "--at") if options.at else int(clock.time()))
    for name in DECISIONS:
        if text := getattr(options, name):
            detail[name] = {"text": text, "at": at}
    if options.text:
        detail["text"] = options.text
    if not detail:
        raise UsageError("nothing to note: give a text, or one of the options")
    desk = Desk(options, found.folder)
    desk.write("note", "done", **detail)
    missing = find_missing(read_standing(found.folder))
    desk.say("noted" + _of(missing, "; art. 33(3) lacks: "), "noté" + _of(missing, " ; il manque à l’art. 33(3) : "))
    return 0


def _of(missing: list[str], words: str) -> str:
    return words + ", ".join(f"--{name.replace('_', '-')}" for name in missing) if missing else ""


def close(options: argparse.Namespace) -> int:
    """Close an incident; what it lacks is told, all at once."""
    found = find(options.incident)
    lacking = find_lacking(found, evidence=not options.no_evidence)
    if not options.conclusion.strip():
        lacking.append("its conclusion: --conclusion TEXT")
    if lacking:
        raise UsageError(f"the incident {found.incident} can't be closed, it lacks:\n  - " + "\n  - ".join(lacking))
    desk = Desk(options, found.folder)
    entry = desk.write("close", "done", conclusion=options.conclusion, no_evidence=options.no_evidence)
    desk.say(f"closed; head {entry.hash}", f"clos ; tête {entry.hash}")
    return 0


def find_lacking(found: Standing, *, evidence: bool) -> list[str]:
    """Return what an incident needs before it can be closed.

    Args:
        found: The incident.
        evidence: Whether it needs evidence.
    """
    lacking = []
    word = f"rempart incident note {found.incident}"
    if found.isolation or found.attempted:
        lacking.append(f"the end of its isolation: rempart incident release {found.incident}")
    if evidence and not found.collections:
        lacking.append(f"evidence: rempart incident collect {found.incident}, or --no-evidence REASON")
    if "notified" in found.decisions:
        lacking += [f"art. 33(3): {word} --{name.replace('_', '-')} …" for name in find_missing(found)]
        late = found.decisions["notified"].get("at", "") > write_moment(found.aware + GDPR_HOURS * 3600)
        if late and not found.facts.get("delay"):
            lacking.append(f"why it was notified late, art. 33(1): {word} --delay REASON")
    elif "no_notification" not in found.decisions:
        lacking.append(
            f"the notification of the authority ({word} --notified AUTHORITY) or the reasoned decision not to, "
            f"art. 33(1) ({word} --no-notification REASON)"
        )
    if not {"informed", "not_informing"} & found.decisions.keys() and "no_notification" not in found.decisions:
        lacking.append(
            f"that the people concerned were informed ({word} --informed HOW) or why not, art. 34 "
            f"({word} --not-informing REASON)"
        )
    return lacking


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "open": open_incident,
    "collect": collect,
    "isolate": isolate,
    "release": release,
    "note": note,
    "close": close,
}
