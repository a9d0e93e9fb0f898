"""The targets of iptables: marks, NAT, and what ends a packet's way (net/netfilter/xt_*.c)."""

from typing import Optional

from rempart_agent.models.firewall import packet
from rempart_agent.models.firewall.frame import Frame, Outcome, Scene
from rempart_agent.models.firewall.nat import redirect, translate
from rempart_agent.models.firewall.native import half, word
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ruleset import Verdict
from rempart_agent.said import Why

_NEUTRAL = frozenset(
    (
        *(
            "LOG",
            "NFLOG",
            "ULOG",
            "TCPMSS",
            "AUDIT",
            "SET",
            "TRACE",
            "CLASSIFY",
            "CHECKSUM",
            "DSCP",
            "TOS",
            "TTL",
            "HL",
        ),
        *("ECN", "SECMARK", "CONNSECMARK", "IDLETIMER", "LED", "RATEEST", "TEE", "HMARK", "TCPOPTSTRIP"),
    )
)


def target(scene: Scene, frame: Frame, name: str, revision: int, data: bytes) -> Outcome:
    """Follow a target of iptables that is no verdict and no jump.

    Args:
        scene: Where the packets are.
        frame: The packets.
        name: Of the target.
        revision: Of its data.
        data: As the kernel keeps it.
    """
    box = frame.box
    if name == "REJECT":
        return Outcome(ends=[(box, Verdict("drop"))])
    if name in _NEUTRAL:
        return Outcome([frame])
    if name in ("MARK", "CONNMARK", "CT", "NOTRACK"):
        return Outcome([Frame(_marked(box, name, revision, data), frame.registers)])
    if name in ("DNAT", "SNAT", "REDIRECT", "MASQUERADE"):
        return _nat(scene, frame, name, revision, data)
    box = box._replace(why=box.why or Why("the target {name}", name=name))
    return Outcome(ends=[(box, Verdict("unknown"))])


def _marked(box: Box, name: str, revision: int, data: bytes) -> Box:
    if name == "NOTRACK" or (name == "CT" and len(data) >= 2 and half(data, 0) & 1):
        return box._replace(ct="untracked") if box.ct == "early" else box
    if name == "CT":
        return box
    if name == "MARK" and revision == 2 and len(data) >= 8:
        value, mask = word(data, 0), word(data, 4)
        return box._replace(mark=None if box.mark is None else (box.mark & ~mask & 0xFFFFFFFF) ^ value)
    if name == "CONNMARK" and box.ct == "new" and revision == 1 and len(data) >= 13:
        value, ct_mask, mask, mode = word(data, 0), word(data, 4), word(data, 8), data[12]
        old, now = box.ct_mark, box.mark
        if mode == 0:
            return box._replace(ct_mark=None if old is None else (old & ~ct_mask & 0xFFFFFFFF) ^ value)
        if old is None or now is None:
            return box._replace(ct_mark=None) if mode == 1 else box._replace(mark=None)
        if mode == 1:
            return box._replace(ct_mark=(old & ~ct_mask & 0xFFFFFFFF) ^ (now & mask))
        return box._replace(mark=(now & ~mask & 0xFFFFFFFF) ^ (old & ct_mask))
    return box._replace(ct_mark=None) if name == "CONNMARK" else box._replace(mark=None)


def _nat(scene: Scene, frame: Frame, name: str, revision: int, data: bytes) -> Outcome:
    wide = packet.WIDTH[scene.place.family]
    if wide == 4 and (name in ("REDIRECT", "MASQUERADE") or revision == 0):  # struct nf_nat_ipv4_multi_range_compat
        flags = word(data, 4)
        low, high = data[8:12], data[12:16]
        first, last = data[16:18], data[18:20]
    else:  # struct nf_nat_range
        flags = word(data, 0)
        low, high = data[4 : 4 + wide], data[20 : 20 + wide]
        first, last = data[36:38], data[38:40]
    address = (bool(flags & 1), _one(low, high))
    port = (bool(flags & 2), _one(first, last))
    if name == "REDIRECT":
        return redirect(scene, frame, port)
    return translate(scene, frame, name == "DNAT", address, port)


def _one(low: bytes, high: bytes) -> Optional[int]:
    return int.from_bytes(low, "big") if low == high else None
