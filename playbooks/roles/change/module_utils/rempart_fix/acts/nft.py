"""A table of nftables that is ours alone: live, as a file, and loaded again at a start and after nftables.service.

Spec: ``{table: rempart_…, text: BODY, family: inet}``. Nothing is ever flushed, and no table of others is touched. The
table carries a comment with the digest of its text; that, and how the kernel lists it, tells that it is still ours.
"""

import hashlib
import json
import re
from typing import Any, Dict, List, Mapping, Optional

from ..contract import BACK, Act, Moved, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight
from ..systemd import boot
from . import file as files
from . import unit as units

_NFT = "/usr/sbin/nft"
FOLDER = "/etc/nftables.d"
_UNIT = """# Rempart: loads {file} at each start.
[Unit]
Description=Table {table} of the firewall
DefaultDependencies=no
After=nftables.service
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={nft} -f {file}

[Install]
WantedBy=sysinit.target
"""
_DROP_IN = """# Rempart: nftables.service flushes all rules when it starts, reloads and stops; this brings {file} back.
[Service]
ExecStartPost=-{nft} -f {file}
ExecReload=-{nft} -f {file}
ExecStopPost=-{nft} -f {file}
"""


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the acts on its files and the one on the live table."""
    table, family = str(spec["table"]), str(spec.get("family", "inet"))
    if not re.match(r"rempart_[a-z0-9_]{1,40}\Z", table) or family not in ("inet", "ip", "ip6"):
        raise Refusal(f"{family} {table} is no table of ours", f"{family} {table} n’est pas une table à nous")
    body = str(spec["text"]).strip("\n")
    if body.count("{") != body.count("}") or re.search(r"(?m)^\s*(flush|delete|table|include)\b", body):
        raise Refusal(f"the text of {table} is no body of a table", f"le texte de {table} n’est pas un corps de table")
    name = table.replace("_", "-")
    words = {"file": f"{FOLDER}/{name}.nft", "table": table, "nft": _NFT}
    text = render(family, table, body)
    service = f"{name.replace('rempart-', 'rempart-firewall-')}.service"
    acts: List[Act] = []
    for path, content, validate in (
        (words["file"], text, "nft"),
        (f"/etc/systemd/system/{service}", _UNIT.format(**words), None),
        (f"/etc/systemd/system/nftables.service.d/{name}.conf", _DROP_IN.format(**words), None),
    ):
        dress = {"path": path, "content": content, "mode": "0644", "owner": "root", "group": "root"}
        acts += files.resolve(dict(dress, validate=validate) if validate else dress, sight)
    acts += units.resolve({"name": service, "enabled": True}, sight)
    now = see(sight.place, family, table)
    sight.note(f"nft {family} {table}", now and now["digest"])
    if now is not None and not now["comment"].startswith("rempart "):
        raise Refusal(f"a table {table} is there that is not ours", f"une table {table} existe qui n’est pas à nous")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if now is None or now["comment"] != comment(body) or _count(now["text"]) != _count(text):
        act: Act = {"kind": "nft", "target": f"{family} {table}", "before": {"text": now["text"] if now else None}}
        act["after"] = {"sha256": sight.place.hold(text.encode()), "digest": digest}
        acts.append(act)
    return acts


def comment(body: str) -> str:
    """Return what our table says of itself."""
    return f"rempart {hashlib.sha256(body.encode()).hexdigest()[:16]}"


def render(family: str, table: str, body: str) -> str:
    """Return what nft loads: the table anew, and nothing else."""
    name = f"table {family} {table}"
    head = f"#!{_NFT} -f\n# Rempart\n{name}\ndelete {name}\n"
    return f'{head}{name} {{\n\tcomment "{comment(body)}"\n{body}\n}}\n'


def _count(text: str) -> int:
    """Return how many rules there are: whoever has put one into our table, or taken one out, has changed it."""
    rules, depth, chain = 0, 0, 0
    for line in [one.strip() for one in text.splitlines()]:
        if not line or line.startswith("#"):
            continue
        if chain and depth == chain:
            rules += not line.startswith(("}", "type ", "policy ", "comment "))
        depth += line.count("{") - line.count("}")
        if re.match(r"chain \S+ \{", line):
            chain = depth
        elif depth < chain:
            chain = 0
    return rules


def see(place: Place, family: str, table: str) -> Optional[Dict[str, Any]]:
    """Return how a table stands: handle, comment, text, digest; None where there is none.

    Raises:
        Refusal: nft can't be asked.
    """
    status, said = place.run([_NFT, "--stateless", "list", "table", family, table], 30)
    if status == 127:
        return None
    if status and "No such file or directory" in said:
        return None
    if status:
        raise Refusal(f"nft: {said[:300]}")
    handle = 0
    _, listed = place.run([_NFT, "-j", "-a", "list", "tables"], 30)
    for one in json.loads(listed[listed.find("{") :] or "{}").get("nftables", []):
        row = one.get("table", {})
        if (row.get("family"), row.get("name")) == (family, table):
            handle = row["handle"]
    found = _read_table(re.sub(r"\A(?!table )[^\n]*\n", "", said))
    return found and dict(found, handle=handle)


def _read_table(text: Optional[str]) -> Optional[Dict[str, Any]]:
    """Return what the text of a table tells of how it stands; None for none."""
    if text is None:
        return None
    found = re.search(r'(?m)^\s*comment "([^"]*)"', text)
    return {"comment": found[1] if found else "", "text": text, "digest": hashlib.sha256(text.encode()).hexdigest()}


def _see_now(place: Place, target: str) -> Optional[Dict[str, Any]]:
    """Return how a table stands; in a dry run, how it would by now."""
    pretended = place.pretended.get("nft " + target)
    return pretended["table"] if pretended else see(place, *target.split())


def do(act: Act, place: Place) -> Act:
    """See Kind.do: one transaction, in which nothing but our table changes."""
    family, table = act["target"].split()
    now = see(place, family, table)
    if (now["text"] if now else None) != act["before"]["text"]:
        raise Moved(f"table {table} was changed meanwhile", f"la table {table} a été modifiée entre-temps")
    data = place.read(act["after"]["sha256"])
    place.keep(data)
    status, said = place.run([_NFT, "-f", "-"], 60, data)
    if status:
        raise Refusal(f"nft: {said[:300]}")
    now = see(place, family, table)
    if now is None:
        raise Refusal(
            f"table {table} is not there after it was loaded", f"la table {table} manque après son chargement"
        )
    after = dict(act["after"], handle=now["handle"], boot=boot(place), listed=now["digest"], comment=now["comment"])
    return dict(act, after=after)


def look(act: Act, place: Place) -> str:
    """See Kind.look."""
    family, table = act["target"].split()
    return _compare(act, see(place, family, table))


def _compare(act: Act, now: Optional[Dict[str, Any]]) -> str:
    if (
        now is not None
        and now["digest"] == act["after"].get("listed")
        and now["comment"] == act["after"].get("comment")
    ):
        return "after"
    return "before" if (now["text"] if now else None) == act["before"]["text"] else "moved"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo: by the handle of the table that was looked at, so that one made anew meanwhile stands."""
    family, table = act["target"].split()
    now = _see_now(place, act["target"])
    state = _compare(act, now)
    if state == "before" or now is None:
        return BACK
    by_hand = f"nft delete table {family} {table}"
    if state == "moved" and not (force and now["comment"].startswith("rempart ")):
        return Undone("moved", ("its rules were changed since", "ses règles ont été modifiées depuis"), by_hand)
    if dry:
        place.pretended["nft " + act["target"]] = {"table": _read_table(act["before"]["text"])}
        return BACK
    if state == "moved":
        place.set_aside(now["text"].encode(), table + ".nft")
    script = f"delete table {family} handle {now['handle']}\n"
    if act["before"]["text"] is not None:
        script += act["before"]["text"] + "\n"
    status, said = place.run([_NFT, "-f", "-"], 60, script.encode())
    if status:
        raise Moved(f"nft: {said[:300]}")
    return BACK


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    family, table = act["target"].split()
    now = see(place, family, table)
    try:
        text = place.read(act["after"]["sha256"]).decode()
    except Refusal:
        return "void"  # it is kept before it is loaded
    found = re.search(r'comment "([^"]*)"', text)
    if now is not None and found and now["comment"] == found[1] and _count(now["text"]) == _count(text):
        act["after"].update(handle=now["handle"], boot=boot(place), listed=now["digest"], comment=now["comment"])
        return "done"
    return "void" if (now["text"] if now else None) == act["before"]["text"] else "unclear"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(f"table {act['target']}", act["before"]["text"] or "", place.read(act["after"]["sha256"]).decode())
