"""What ufw loads at the start (ufw-init-functions): its chains, its default policy, and the rules of its files."""

from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.text import saved

FILES = ("before", "after", "user")
_CHAINS = ("before-logging-input", "before-input", "after-input", "after-logging-input", "reject-input", "track-input")
_OTHERS = ("logging-deny", "logging-allow", "not-local", "user-input", "user-limit", "user-limit-accept")
_FORWARDED = ("skip-to-policy-input", "skip-to-policy-output", "skip-to-policy-forward", "user-logging-input")
_SENT = ("before-output", "after-output", "user-output", "before-forward", "after-forward", "user-forward")


def ruleset(family: str, policy: str, *texts: str) -> Ruleset:
    """Return what is loaded.

    Args:
        family: ``ip`` or ``ip6``.
        policy: ``DEFAULT_INPUT_POLICY``: ``DROP``, ``REJECT`` or ``ACCEPT``.
        texts: The files, in the order in which they are loaded.
    """
    prefix = "ufw6-" if family == "ip6" else "ufw-"
    ending = {"ACCEPT": "ACCEPT", "REJECT": "REJECT"}.get(policy, "DROP")
    first = [
        "*filter",
        ":INPUT {} [0:0]".format("ACCEPT" if ending == "ACCEPT" else "DROP"),
        "-A INPUT -i lo -j ACCEPT",
    ]
    first += [":{}{} - [0:0]".format(prefix, name) for name in (*_CHAINS, *_OTHERS, *_FORWARDED, *_SENT)]
    first += ["-A INPUT -j {}{}".format(prefix, name) for name in _CHAINS]
    first.append("-A {}skip-to-policy-input -j {}".format(prefix, ending))
    if ending == "REJECT":
        first.append("-A {}reject-input -j REJECT".format(prefix))
    last = ["*filter", "-A {0}before-input -j {0}user-input".format(prefix)]
    return saved.parse(family, "\n".join(first), *texts, "\n".join(last)).ruleset
