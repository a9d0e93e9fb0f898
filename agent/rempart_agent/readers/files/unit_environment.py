"""The arguments of a service's command line, with the variables that its unit sets (systemd.exec(5))."""

import re
import shlex
from typing import Dict, List

from rempart_agent.models.unit.command import expanded
from rempart_agent.models.unit.load import Unit
from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target


def arguments(target: Target, unit: Unit, line: str) -> List[str]:
    """Return the words of a command line behind the program.

    ``$NAME`` as a word stands for several words, ``${NAME}`` for a text (systemd.service(5), "Command lines").

    Args:
        target: What is looked at.
        unit: The unit that it stands in.
        line: The command line.
    """
    values = environment(target, unit) if "$" in line else {}
    found: List[str] = []
    for word in _words(line)[1:]:
        alone = re.match(r"\$([A-Za-z_]\w*)\Z", word)
        if alone:
            found += _words(values.get(alone.group(1), ""))
        else:
            found.append(re.sub(r"\$\{([A-Za-z_]\w*)\}", lambda m: values.get(m.group(1), ""), word).replace("$$", "$"))
    return found


def environment(target: Target, unit: Unit) -> Dict[str, str]:
    """Return the variables of ``Environment=``, and of the files of ``EnvironmentFile=``, which win.

    Args:
        target: What is looked at.
        unit: The unit.
    """
    found: Dict[str, str] = {}
    for setting in unit.values("Service", "Environment"):
        for word in _words(expanded(setting.value, unit)):
            name, equals, value = word.partition("=")
            if equals:
                found[name] = value
    for setting in unit.values("Service", "EnvironmentFile"):
        for path in target.glob(expanded(setting.value, unit).lstrip("-")):
            try:
                text = target.text(path)
            except Missing:
                continue
            found.update(_file(text))
    return found


def _file(text: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for line in re.sub(r"\\\n", "", text).split("\n"):
        name, equals, value = line.strip().partition("=")
        if equals and name[:1] not in ("#", ";"):
            found[name.strip()] = " ".join(_words(value)) if value.strip()[:1] in ("'", '"') else value.strip()
    return found


def _words(text: str) -> List[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
