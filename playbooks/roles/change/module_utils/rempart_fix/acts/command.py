"""A command of a closed list that is run once: its undo says that it stays, and why.

Spec: ``{command: NAME, …}``. What there is to do, and what is observed before and after, say ``commands``. Where
nothing differs afterwards nothing was done, and nothing is recorded.
"""

from typing import Any, List, Mapping

from ..commands import COMMANDS, Command
from ..contract import BACK, Act, Halfway, Nothing, Refusal, Show, Undone
from ..place import Place
from ..sight import Sight


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve: an act for each target that it is due for."""
    return make_acts(str(spec["command"]), spec, sight)


def make_acts(name: str, spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """Return the acts of a command, whatever the spec is called."""
    command = _find(name)
    return [
        {"kind": "command", "command": name, "target": target, "before": command.see(target, sight.place), "after": {}}
        for target in command.due(spec, sight)
    ]


def _find(name: str) -> Command:
    if name not in COMMANDS:
        raise Refusal(f"there is no command {name!r}", f"il n’y a pas de commande {name!r}")
    return COMMANDS[name]


def do(act: Act, place: Place) -> Act:
    """See Kind.do.

    Raises:
        Nothing: It ran, and nothing is otherwise.
    """
    command = _find(act["command"])
    act = dict(act, before=command.see(act["target"], place))
    wrong = command.run(act, place)
    act = dict(act, after=command.see(act["target"], place))
    differs = act["after"] != act["before"]
    if wrong and differs:
        raise Halfway(act, wrong)
    if wrong:
        raise Refusal(wrong)
    if not differs and not command.later:
        raise Nothing(f"{act['target']}: nothing is otherwise", f"{act['target']}\u00a0: rien n’a changé")
    return act


def look(act: Act, place: Place) -> str:
    """See Kind.look: it was run."""
    return "after"


def undo(act: Act, place: Place, *, force: bool, dry: bool) -> Undone:
    """See Kind.undo: nothing takes it back; where it did not take place nothing has to."""
    command = _find(act["command"])
    now = command.see(act["target"], place) if command.later else act["after"]
    return BACK if now == act["before"] else Undone("stays", command.stays, command.by_hand(act))


def settle(act: Act, place: Place) -> str:
    """See Kind.settle."""
    act["after"] = _find(act["command"]).see(act["target"], place)
    return "void" if act["after"] == act["before"] else "done"


def show(act: Act, place: Place) -> Show:
    """See Kind.show."""
    return Show(act["target"], "", act["command"].replace("_", " ") + "\n")
