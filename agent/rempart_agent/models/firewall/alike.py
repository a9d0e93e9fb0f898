"""Many rules of one form are decided together: thousands of addresses that are refused one by one, say.

Rules that follow one another, end a packet's way and differ only in what they compare with are read as one table: the
first that fits decides. Where all say the same, they are also put together over rules of other forms in between.
"""

from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from rempart_agent.models.firewall import load, table
from rempart_agent.models.firewall.form import Form, Part, Slot, Step, form
from rempart_agent.models.firewall.frame import Frame, Outcome, Scene, read
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ruleset import Expression, Key, Rule, Set, Verdict
from rempart_agent.models.firewall.value import Value
from rempart_agent.said import Why

LEAST = 24
"""The fewest rules of one form that are decided together: of fewer, each is told by its own number."""
Taken = Tuple[int, Rule, Form]


class Group(NamedTuple):
    """Rules of one form.

    Attributes:
        steps: What they do, in order.
        node: What becomes of the values of the slots.
        names: How the rules of each verdict are called.
        rules: The rules themselves, with their numbers.
    """

    steps: Tuple[Step, ...]
    node: table.Node
    names: Dict[Verdict, str]
    rules: List[Tuple[int, Rule]]


Item = Union[Tuple[int, Rule], Group]


def plan(key: Key, rules: Sequence[Rule], sets: Mapping[Key, Set]) -> List[Item]:
    """Return the rules of a chain with their numbers, many of one form as one item.

    Args:
        key: The chain.
        rules: Its rules.
        sets: The sets that they may look into.
    """
    numbered: List[Item] = list(enumerate(rules, 1))
    if len(rules) < LEAST:
        return numbered
    found: List[Item] = []
    block: List[Taken] = []
    one_form = one_verdict = True
    for at, rule in enumerate(rules, 1):
        made = form(key[:2], rule, sets)
        if block and made is not None:
            first = block[0][2]
            one_form, one_verdict = one_form and made.key == first.key, one_verdict and made.verdict == first.verdict
        if made is None or not (one_form or one_verdict):
            found += _parted(block)
            block, one_form, one_verdict = [], True, True
        if made is None:
            found.append((at, rule))
        else:
            block.append((at, rule, made))
    return found + _parted(block)


def _parted(block: Sequence[Taken]) -> List[Item]:
    forms: Dict[Tuple[Part, ...], List[Taken]] = {}
    for taken in block:
        forms.setdefault(taken[2].key, []).append(taken)
    found: List[Item] = []
    for those in forms.values():
        found += [_group(those)] if len(those) >= LEAST else [(at, rule) for at, rule, _ in those]
    return found


def _group(those: Sequence[Taken]) -> Group:
    first = those[0][2]
    varying = [n for n, fit in enumerate(first.fits) if any(made.fits[n] != fit for _, _, made in those)]
    steps: List[Step] = []
    slot = 0
    for step in first.steps:
        if isinstance(step, Slot):
            steps.append(step if slot in varying else first.originals[slot])
            slot += 1
        else:
            steps.append(step)
    numbers: Dict[Verdict, List[int]] = {}
    for at, _, made in those:
        numbers.setdefault(made.verdict, []).append(at)
    names: Dict[Verdict, str] = {
        v: Why("rule {n} and {count} more like it", n=n[0], count=len(n) - 1) for v, n in numbers.items()
    }
    node = table.node([(tuple(made.fits[n] for n in varying), made.verdict) for _, _, made in those])
    return Group(tuple(steps), node, names, [(at, rule) for at, rule, _ in those])


def decide(
    scene: Scene, group: Group, boxes: Sequence[Box], step: Callable[[Scene, Frame, Expression], Outcome]
) -> Optional[Tuple[List[Box], List[Tuple[Box, Verdict]]]]:
    """Return the boxes for which no rule of a group decides, and those for which one does, with what it says.

    None where values of several fields lie in one register, so that the rules have to be asked one by one.

    Args:
        scene: Where the packets are.
        group: The rules.
        boxes: The packets.
        step: Follows one expression.
    """
    following: List[Box] = []
    ends: List[Tuple[Box, Verdict]] = []
    for box in boxes:
        here: List[Tuple[Frame, Tuple[Value, ...]]] = [(Frame(box, {}), ())]
        for one in group.steps:
            more: List[Tuple[Frame, Tuple[Value, ...]]] = []
            for frame, values in here:
                if isinstance(one, Slot):
                    value = _value(scene, frame, one)
                    if value is None:
                        return None
                    more.append((frame, (*values, value)))
                else:
                    made = step(scene, frame, one)
                    more += [(f, values) for f in made.on]
                    following += made.off
            here = more
        for frame, values in here:
            decided, others = table.part([frame.box], values, group.node)
            ends += [(ended, gives) for ended, gives in decided if isinstance(gives, Verdict)]
            following += others
    return following, ends


def _value(scene: Scene, frame: Frame, slot: Slot) -> Optional[Value]:
    if slot.register < 0:
        return load.field(frame.box, slot.field, scene.place.family)
    values = read(frame.registers, slot.register, slot.size, frame.box)
    return values[0] if len(values) == 1 and values[0].size == slot.size else None
