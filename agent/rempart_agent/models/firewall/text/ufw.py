"""What ufw loads at the start (ufw-init-functions): its chains, its default policies, and the rules of its files."""

from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.text import saved

FILES = ("before", "after", "user")
_STEPS = ("before-logging", "before", "after", "after-logging", "reject", "track")
_CHAINS = tuple("{}-{}".format(step, hook) for hook in ("input", "output") for step in _STEPS)
_OTHERS = ("logging-deny", "logging-allow", "not-local", "user-input", "user-limit", "user-limit-accept")
_FORWARDED = ("skip-to-policy-input", "skip-to-policy-output", "skip-to-policy-forward", "user-logging-input")
_SENT = ("user-logging-output", "user-output", "before-forward", "after-forward", "user-forward")


def ruleset(family: str, policy: str, *texts: str, sent: str = "ACCEPT") -> Ruleset:
    """Return what is loaded.

    Args:
        family: ``ip`` or ``ip6``.
        policy: ``DEFAULT_INPUT_POLICY``: ``DROP``, ``REJECT`` or ``ACCEPT``.
        texts: The files, in the order in which they are loaded.
        sent: ``DEFAULT_OUTPUT_POLICY``; what is no policy is taken as one that drops.
    """
    prefix = "ufw6-" if family == "ip6" else "ufw-"
    endings = {"input": _ending(policy), "output": _ending(sent)}
    first = ["*filter"]
    first += [":{} {} [0:0]".format(h.upper(), "ACCEPT" if e == "ACCEPT" else "DROP") for h, e in endings.items()]
    first += [":{}{} - [0:0]".format(prefix, name) for name in (*_CHAINS, *_OTHERS, *_FORWARDED, *_SENT)]
    for hook, ending in endings.items():
        first += ["-A {} -j {}{}-{}".format(hook.upper(), prefix, step, hook) for step in _STEPS]
        first.append("-A {}skip-to-policy-{} -j {}".format(prefix, hook, ending))
        if ending == "REJECT":
            first.append("-A {}reject-{} -j REJECT".format(prefix, hook))
    last = ["*filter", *("-A {0}before-{1} -j {0}user-{1}".format(prefix, hook) for hook in endings)]
    return saved.parse(family, "\n".join(first), *texts, "\n".join(last)).ruleset


def closed(family: str) -> Ruleset:
    """Return what is loaded for a family that ufw is told to leave out: all is dropped but the loopback's.

    Args:
        family: ``ip6``.
    """
    policies = "\n".join(":{} DROP [0:0]".format(hook) for hook in ("INPUT", "FORWARD", "OUTPUT"))
    return saved.parse(
        family, "*filter\n{}\n-A INPUT -i lo -j ACCEPT\n-A OUTPUT -o lo -j ACCEPT".format(policies)
    ).ruleset


def _ending(policy: str) -> str:
    return policy if policy in ("ACCEPT", "REJECT") else "DROP"
