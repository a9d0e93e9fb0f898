"""The repositories of rpm systems as rows of ``rempart_package_source``: what is checked of their packages."""

from typing import Dict, Iterator, Mapping, Optional, Tuple

from rempart_agent.readers.packages import repository
from rempart_agent.source.contract import Malformed, Missing, Unfit, Value
from rempart_agent.source.target import Target

_ON, _OFF = ("1", "yes", "true", "on"), ("0", "no", "false", "off")


def rpm(target: Target, *, deep: bool) -> Iterator[Dict[str, Value]]:
    """Yield a row for each repository; ``deep`` looks at what was fetched.

    Args:
        target: What is looked at.
        deep: Whether what was fetched is looked at too.
    """
    configuration = repository.read(target)
    for one in configuration.repositories:
        trusted, weak, why = trust(one.manager, one.options)
        address = next((one.options[k] for k in ("baseurl", "metalink", "mirrorlist") if one.options.get(k)), "")
        row: Dict[str, Value] = {
            "manager": one.manager,
            "source": one.source,
            "name": one.id,
            "type": "rpm",
            "uri": address,
            "enabled": int(one.enabled),
            "trusted": trusted,
            "weak": weak,
            "security": None,
            "why": why,
        }
        if deep and one.enabled:
            row.update(_fetched(target, configuration, one))
        yield row


def trust(manager: str, options: Mapping[str, str]) -> Tuple[Optional[int], Optional[int], str]:
    """Return whether packages have to be signed, whether weak links are taken, and what says so.

    dnf checks what ``gpgcheck`` asks, and nothing by itself; zypper checks unless it is told not to.

    Args:
        manager: Which one it is, as ``repository.ZYPPER``.
        options: Of the repository and of the manager.
    """
    said = []
    preset = manager == repository.ZYPPER
    keys = ("gpgcheck", "pkg_gpgcheck") if preset else ("gpgcheck",)
    answers = []
    for key in keys:
        value = options.get(key, "").strip().lower()
        answers.append(preset if not value else True if value in _ON else False if value in _OFF else None)
        if answers[-1] is not True:
            said.append("{}={}".format(key, value or "absent, default 0"))
    trusted = 0 if False in answers else None if None in answers else 1
    verify = options.get("sslverify", "").strip().lower()
    weak = 0 if not verify or verify in _ON else 1 if verify in _OFF else None
    said += ["sslverify={}".format(verify)] if weak != 0 else []
    return trusted, weak, ", ".join(said)


def _fetched(target: Target, configuration: repository.Configuration, one: repository.Repository) -> Dict[str, Value]:
    from rempart_agent.readers.packages import repository_cache

    try:
        found = repository_cache.look(target, configuration, one)
        wrong = repository_cache.damage(target, found)
    except Missing as error:
        return {"list_state": "absent", "list_why": error.why}
    except Malformed as error:
        return {"list_state": "damaged", "list_why": error.why}
    except Unfit as error:
        return {"list_state": None, "list_why": error.why}
    state = "damaged" if wrong else "complete"
    return {"list_state": state, "list_why": wrong, "path": found.folder, "fetched_at": found.current_at}
