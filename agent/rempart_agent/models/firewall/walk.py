"""Packets walk the hooks: each base chain by its priority, through jumps, gotos and returns."""

import itertools
from typing import Dict, List, NamedTuple, Sequence, Tuple

from rempart_agent.models.firewall import alike, load, packet, ranges, xt
from rempart_agent.models.firewall.connections import follows_connections
from rempart_agent.models.firewall.expression import HANDLERS, unknown
from rempart_agent.models.firewall.frame import Frame, Outcome, Scene, header_of, octets
from rempart_agent.models.firewall.load import Place
from rempart_agent.models.firewall.packet import Box, Host, merge
from rempart_agent.models.firewall.ruleset import Base, Chain, Expression, Key, Rule, Ruleset, Verdict
from rempart_agent.models.firewall.value import split
from rempart_agent.said import Why

MOST = 20_000
"""The most boxes that a walk may come to."""
_TRACKS, _TRANSLATES = -200, {"prerouting": -100, "output": -100, "input": 100, "postrouting": 100}
_TURNS = 4  # orders of chains of one priority that are tried
_LIVES = ((2, 255),)  # the times to live of packets that are passed on
_DEPTH = 16  # the kernel allows no deeper jumps


_UNASKED = Why("a chain of NAT, which is asked only where the kernel follows connections")
_STEPS = 400_000  # boxes before all rules together: some seconds


class TooMany(Exception):
    """A ruleset that parts packets in more boxes than are followed."""


class End(NamedTuple):
    """Where a box ends.

    Attributes:
        box: The packets.
        verdict: ``accepted``, ``refused``, ``forwarded``, or ``""`` where nobody knows.
        rule: The rule that decided.
    """

    box: Box
    verdict: str
    rule: str = ""


class Walk:
    """One walk of boxes through the rules of a family.

    Attributes:
        sent: After ``loop``: the rules that let packets out.
    """

    def __init__(self, ruleset: Ruleset, host: Host, family: str, direction: str) -> None:
        """Prepare it.

        Args:
            ruleset: What is loaded.
            host: The machine.
            family: ``ip`` or ``ip6``.
            direction: ``in`` (to the machine), ``through`` it, or ``out`` of it.
        """
        self.ruleset = ruleset
        self.host = host
        self.family = family
        self.direction = direction
        self.ends: List[End] = []
        self.sent: List[str] = []
        self._again = False
        self._count = 0
        self._found: List[Tuple[Box, str, str]] = []

    def run(self, boxes: Sequence[Box]) -> List[End]:
        """Return where the boxes end; raises ``TooMany``."""
        here = list(boxes)
        hooks = {"in": ("ingress", "prerouting"), "through": ("ingress", "prerouting"), "out": ("output",)}
        for hook in hooks[self.direction]:
            here = self._hook(hook, here)
        if self.direction == "out":
            self._settle(self._hook("postrouting", here), "accepted")
            return self.ends
        inside, through = self._route(here)
        self._settle(self._hook("input", inside), "accepted")
        self._settle(self._hook("postrouting", self._hook("forward", through)), "forwarded")
        return self.ends

    def loop(self, boxes: Sequence[Box]) -> List[End]:
        """Return where packets end that go out by the loopback and come in by it; raises ``TooMany``.

        A packet keeps its mark and its connection on that way, and NAT, which has decided when it left, is not asked
        again (``nf_nat_initialized``). What NAT sends to another machine is ``forwarded``.

        Args:
            boxes: The packets, whose fields ``IIF`` and ``OIF`` are the loopback. ``direction`` is ``out``.
        """
        here = list(boxes)
        for hook in ("output", "postrouting", "egress"):
            here = self._hook(hook, here)
        own = ranges.union(self.host.local(self.family), self.host.loopback(self.family))
        back: List[Box] = []
        for box in here:
            if box.rule and box.rule not in self.sent:
                self.sent.append(box.rule)
            box = box._replace(rule="", settled=True)
            moved = dict(box.now).get(packet.DADDR, 0)
            if moved is None:
                back.append(box._replace(why=box.why or Why("where NAT sends what leaves by the loopback")))
            elif moved and not ranges.holds(own, moved):
                self.ends.append(End(box, "forwarded"))
            else:
                back.append(box)
        self.direction, self._again = "in", True
        for hook in ("ingress", "prerouting", "input"):
            back = self._hook(hook, back)
        self._settle(back, "accepted")
        return self.ends

    def _settle(self, boxes: List[Box], verdict: str) -> None:
        self.ends += [End(b, verdict, b.rule or Why("no rule refuses it")) for b in boxes]

    def _route(self, boxes: List[Box]) -> Tuple[List[Box], List[Box]]:
        """Part boxes into those for the machine itself and those that go on, each with its way out."""
        inside: List[Box] = []
        through: List[Box] = []
        own = ranges.union(self.host.local(self.family), self.host.loopback(self.family))
        for box in boxes:
            changed = any(number == packet.DADDR for number, _ in box.now)
            if self.direction == "in" and not changed:
                inside.append(box)
                continue
            value = load.field(box, packet.DADDR, self.family)
            yes, no = split(box, value, own)
            if self.direction == "through" and not changed:
                yes, no = [], [box]
            inside += yes
            through += self._ways(no)
        return inside, through

    def _ways(self, boxes: List[Box]) -> List[Box]:
        found = []
        for box in boxes:
            for at, face in enumerate(self.host.interfaces):
                there = ranges.intersect(box.fields[packet.IIF], ranges.of(at))
                if not there or not ranges.meet(box.fields[packet.TTL], _LIVES):
                    continue
                lives = ranges.intersect(box.fields[packet.TTL], _LIVES)  # others end here
                part = box.with_field(packet.IIF, there).with_field(packet.TTL, lives)
                if self.family not in face.forwards:
                    self.ends.append(End(part, "refused", Why("forwarding is off")))
                    continue
                for out, behind in self.host.ways_out(self.family):
                    value = load.field(part, packet.DADDR, self.family)
                    if ranges.intersect(part.fields[packet.OIF], ranges.of(out)):
                        found += split(part.with_field(packet.OIF, ranges.of(out)), value, behind)[0]
        return merge(found)

    def _groups(self, hook: str) -> List[List[Tuple[Key, Chain]]]:
        """Return the base chains of a hook in the order in which they are asked, those of one priority together.

        Of one priority the kernel asks the newest first (``nf_hook_entries_grow``), but does not tell which that is.
        """
        families = (self.family, "inet", "netdev") if hook in ("ingress", "egress") else (self.family, "inet")
        found = [(k, c) for k, c in self.ruleset.chains.items() if c.base and c.base.hook == hook and k[0] in families]

        def place(item: Tuple[Key, Chain]) -> Tuple[int, int]:
            base = item[1].base or Base(hook, 0)
            if base.type == "nat" and hook in _TRANSLATES:  # one hook of the kernel calls them all
                return _TRANSLATES[hook], base.priority
            return base.priority, 0

        found.sort(key=place)
        return [list(group) for _, group in itertools.groupby(found, key=place)]

    def _hook(self, hook: str, boxes: List[Box]) -> List[Box]:
        here = boxes
        for group in self._groups(hook):
            if not here:
                break
            turns = [group]
            if len(group) > 1 and any(self._writes(key, chain) for key, chain in group):
                turns = [group[at:] + group[:at] for at in range(min(len(group), _TURNS))]
            here = self._agreed([self._group(turn, hook, here) for turn in turns])
        if hook in ("prerouting", "output"):
            here = [self._tracked(b, 0) for b in here]
        return here

    def _agreed(self, turns: List[List[Box]]) -> List[Box]:
        """Return what several orders of the same chains come to; where they differ, nobody knows which holds."""
        if len(turns) == 1:
            return turns[0]
        same = [b for b in turns[0] if all(b in turn for turn in turns[1:])]
        why = Why("the order of two chains of one priority")
        differ = [b._replace(why=b.why or why) for turn in turns for b in turn if b not in same]
        return merge(same + differ)

    def _group(self, group: Sequence[Tuple[Key, Chain]], hook: str, boxes: List[Box]) -> List[Box]:
        here = boxes
        for key, chain in group:
            base = chain.base
            if base is None or not here:
                break
            if hook in ("prerouting", "output") and base.priority >= _TRACKS:
                here = [self._tracked(b, base.priority) for b in here]
            aside: List[Box] = []
            if base.devices:
                here, aside = self._of_devices(here, base.devices)
            if base.type == "nat":
                aside += [b for b in here if self._translated(b, hook) or b.ct != "new"]
                here = [b for b in here if not (self._translated(b, hook) or b.ct != "new")]
            here = merge(self._base(key, chain, hook, here) + aside)
        return here

    def _writes(self, key: Key, chain: Chain) -> bool:
        """Tell whether a chain, or one of its table, changes what a later chain may ask."""
        if chain.base is not None and chain.base.type == "nat":
            return True
        for other, one in self.ruleset.chains.items():
            if other[:2] == key[:2] and any(_writes(expression) for rule in one.rules for expression in rule):
                return True
        return False

    def _translated(self, box: Box, hook: str) -> bool:
        return self._again or (box.settled and hook in ("prerouting", "output"))

    def _tracked(self, box: Box, priority: int) -> Box:
        if box.ct == "untracked":
            return box
        if priority == _TRACKS:
            return box._replace(ct="unsure") if box.ct == "early" else box
        return box._replace(ct="new") if box.ct in ("early", "unsure") else box

    def _of_devices(self, boxes: List[Box], devices: Sequence[str]) -> Tuple[List[Box], List[Box]]:
        ours = ranges.of(*(at for at, i in enumerate(self.host.interfaces) if i.name in devices))
        inside = [b.with_field(packet.IIF, ranges.intersect(b.fields[packet.IIF], ours)) for b in boxes]
        outside = [b.with_field(packet.IIF, ranges.subtract(b.fields[packet.IIF], ours)) for b in boxes]
        return [b for b in inside if not b.empty()], [b for b in outside if not b.empty()]

    def _base(self, key: Key, chain: Chain, hook: str, boxes: List[Box]) -> List[Box]:
        """Walk one base chain and return the boxes that it lets on."""
        base = chain.base or Base("", 0)
        self._found = []
        place = Place(self.host, self.family, hook, self.direction)
        rest = self._walk(place, key, boxes, 0)
        name = " ".join(key)
        on, refused = [], []
        for box, verdict, rule in self._found:
            if verdict in ("accept", "translated"):
                on.append(box._replace(rule=rule))
            elif verdict == "drop":
                refused.append((box, rule))
            else:
                self.ends.append(End(box, "", rule))
        if base.policy == "drop":
            refused += [(box, name + " policy") for box in rest]
        else:
            on += rest
        sure = not refused or base.type != "nat" or follows_connections(self.ruleset, self.family)
        for box, rule in refused:
            self.ends.append(
                End(box, "refused", rule) if sure else End(box._replace(why=box.why or _UNASKED), "", rule)
            )
        return on

    def _walk(self, place: Place, key: Key, boxes: List[Box], depth: int) -> List[Box]:
        """Return the boxes that come to the end of a chain, or return from it."""
        chain = self.ruleset.chains.get(key)
        if chain is None or depth > _DEPTH:
            self._found += [(b._replace(why=Why("a chain that is not there")), "unknown", " ".join(key)) for b in boxes]
            return []
        scene = Scene(place, self.ruleset, key[0], key[1])
        back: List[Box] = []
        here = list(boxes)
        for item in self._plan(key, chain):
            if not here:
                break
            if isinstance(item, alike.Group):
                here, returned = self._alike(scene, key, item, here, depth)
            else:
                here, returned = self._rule(scene, key, item[0], item[1], here, depth)
            back += returned
        return merge(here + back)

    def _plan(self, key: Key, chain: Chain) -> List[alike.Item]:
        kept = self.ruleset.plans.chains if self.ruleset.plans is not None else {}
        if key not in kept:
            kept[key] = alike.plan(key, chain.rules, self.ruleset.sets)
        return kept[key]

    def _alike(
        self, scene: Scene, key: Key, group: alike.Group, boxes: List[Box], depth: int
    ) -> Tuple[List[Box], List[Box]]:
        """Do with many rules of one form what ``_rule`` does with one."""
        decided = alike.decide(scene, group, boxes, step)
        back: List[Box] = []
        if decided is None:
            here = boxes
            for number, rule in group.rules:
                here, returned = self._rule(scene, key, number, rule, here, depth)
                back += returned
            return here, back
        following, ends = decided
        self._spend(len(following) + len(ends))
        said: Dict[Verdict, List[Box]] = {}
        for box, verdict in ends:
            said.setdefault(verdict, []).append(box)
        for verdict, those in said.items():
            those = merge(those)
            if verdict.code == "return":
                back += those
            elif verdict.code == "goto":
                back += self._walk(scene.place, (key[0], key[1], verdict.chain), those, depth + 1)
            else:
                name = "{} {}".format(" ".join(key), group.names[verdict])
                self._found += [(box, verdict.code, name) for box in those]
        return _merge_new(boxes, following), back

    def _rule(
        self, scene: Scene, key: Key, number: int, rule: Rule, boxes: List[Box], depth: int
    ) -> Tuple[List[Box], List[Box]]:
        """Return the boxes for the next rule, and those that return from the chain."""
        following: List[Box] = []
        back: List[Box] = []
        jumps: Dict[Tuple[str, str], List[Box]] = {}
        frames = [Frame(b, {}) for b in boxes]
        for expression in rule:
            more: List[Frame] = []
            for frame in frames:
                made = step(scene, frame, expression)
                more += made.on
                following += made.off
                for box, verdict in made.ends:
                    if verdict.code == "return":
                        back.append(box)
                    elif verdict.code in ("jump", "goto"):
                        jumps.setdefault((verdict.code, verdict.chain), []).append(box)
                    elif verdict.code == "continue":
                        following.append(box)
                    else:
                        self._found.append(
                            (box, verdict.code, Why("{key} rule {number}", key=" ".join(key), number=number))
                        )
            frames = more
            if not frames:
                break
            self._spend(len(frames))
        following += [f.box for f in frames]
        for (code, chain), those in jumps.items():
            returned = self._walk(scene.place, (key[0], key[1], chain), merge(those), depth + 1)
            if code == "jump":
                following += returned
            else:
                back += returned
        self._spend(len(following))
        return _merge_new(boxes, following), back

    def _spend(self, count: int) -> None:
        self._count += max(0, count - 8)  # few boxes cost nothing, however many rules there are
        if count > MOST or self._count > _STEPS:
            raise TooMany


_WRITERS = {"meta": 1, "ct": 1, "payload": 1}  # without this attribute, a register to load, they set something


def _writes(expression: Expression) -> bool:
    if expression.name in _WRITERS:
        return _WRITERS[expression.name] not in expression.data
    if expression.name == "target":
        return octets(expression.data, 1).split(b"\0")[0] in (b"MARK", b"CONNMARK", b"CT", b"NOTRACK")
    return expression.name in ("notrack", "nat", "redir", "tproxy")


def _merge_new(before: Sequence[Box], after: List[Box]) -> List[Box]:
    """Join the boxes that a rule has made; those that it did not touch were joined before."""
    old = {id(box) for box in before}
    made = [box for box in after if id(box) not in old]
    if len(made) < 2:
        return after
    return [box for box in after if id(box) in old] + merge(made)


def step(scene: Scene, frame: Frame, expression: Expression) -> Outcome:
    """Return what one expression makes of a frame.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        expression: The expression.
    """
    if expression.name == "header":
        return xt.header(scene, frame, header_of(expression.data))
    if expression.name in ("match", "target"):
        return xt.step(scene, frame, expression.name, expression.data)
    handler = HANDLERS.get(expression.name)
    return handler(scene, frame, expression.data) if handler else unknown(frame, expression.name)
