"""How the lines of an option come together: the first, the last, every one, or a way of its own."""

from typing import Dict, Iterable, List

from rempart_agent.models.sshd import defaults
from rempart_agent.models.sshd.item import Item, Options, Setting


def merged(items: Iterable[Item]) -> Options:
    """Return what lines come to, in the order in which sshd reads them."""
    lines: Dict[str, List[List[Setting]]] = {}
    for item in items:
        lines.setdefault(item.option, []).append(_settings(item))
    return {option: _one(option, found) for option, found in lines.items()}


def _settings(item: Item) -> List[Setting]:
    return [Setting(value, item.source, item.line) for value in item.values]


def _one(option: str, lines: List[List[Setting]]) -> List[Setting]:
    if option in defaults.APPENDED or option == "persourcepenalties":
        return [setting for line in lines for setting in line]
    if option in defaults.LAST:
        return lines[-1]
    if option == "subsystem":
        named: Dict[str, Setting] = {}
        for line in lines:
            for setting in line:
                named.setdefault(setting.value.split(" ")[0], setting)
        return list(named.values())
    if option == "maxstartups":
        return [_startups([line[0] for line in lines])]
    if option == "rekeylimit":
        return [_rekey([line[0] for line in lines])]
    if option == "unusedconnectiontimeout":
        return [_unused([line[0] for line in lines])]
    return lines[0]


def _startups(lines: List[Setting]) -> Setting:
    rate = "30"
    for setting in lines:
        begin, _, rest = setting.value.partition(":")
        rate, most = rest.split(":") if rest else (rate, begin)
    return lines[-1]._replace(value="{}:{}:{}".format(begin, rate, most))


def _rekey(lines: List[Setting]) -> Setting:
    sizes = [s.value.split(" ")[0] for s in lines]
    times = [t for t in (s.value.split(" ")[1] for s in lines) if t != "-"]
    return lines[0]._replace(value="{} {}".format(sizes[0], times[0] if times else "-"))


def _unused(lines: List[Setting]) -> Setting:
    chosen = None
    for setting in lines:
        if chosen is None or setting.value == "none":
            chosen = setting
    assert chosen is not None  # noqa: S101 - there is at least one line
    return chosen._replace(value="none" if chosen.value == "0" else chosen.value)


def overlaid(under: Options, over: Options) -> Options:
    """Return options with those of Match blocks laid over them (copy_set_server_options).

    Args:
        under: The options.
        over: Those of the blocks; what they set wins.
    """
    out = {**under, **over}
    if "rekeylimit" in over and over["rekeylimit"][0].value.endswith(" -") and "rekeylimit" in under:
        size = over["rekeylimit"][0].value.split(" ")[0]
        time = under["rekeylimit"][0].value.split(" ")[1]
        out["rekeylimit"] = [over["rekeylimit"][0]._replace(value=size + " " + time)]
    return out
