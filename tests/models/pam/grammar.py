"""Random PAM files: five of them, with every construct that libpam reads, and its faults.

A case is ``{"service", "files": {path: text}, "modules": {name: {kind: [[code, [facts]], …]}}}``. Each line has a
module of its own (``m3.so``, or ``u3.so``, which nobody knows), so that each can be told what to return.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from hypothesis import strategies as st

SERVICE = "svc"
NAMES = ("svc", "other", "one", "two", "three")
AFTER = {"svc": ("one", "two", "three"), "other": ("one", "two", "three"), "one": ("two", "three"), "two": ("three",)}
MOST = 12  # ways of a stack

CODES = [
    "success",
    "auth_err",
    "perm_denied",
    "ignore",
    "new_authtok_reqd",
    "user_unknown",
    "module_unknown",
    "acct_expired",
    "authinfo_unavail",
    "maxtries",
    "system_err",
    "abort",
    "cred_err",
]
_NAMED = ("success", "ignore", "auth_err", "default", "new_authtok_reqd", "user_unknown", "perm_denied", "maxtries")
_ACTIONS = ("ok", "done", "bad", "die", "ignore", "reset", "1", "2", "3")
_PLAIN = ("required", "requisite", "sufficient", "optional")
_USUAL = (
    "[success=1 default=ignore]",
    "[success=2 default=ignore]",
    "[success=ok new_authtok_reqd=ok ignore=ignore default=bad]",
    "[default=die]",
    "[success=done new_authtok_reqd=done ignore=ignore default=die]",
    "[success=1 ignore=ignore default=bad]",
    "[default=1]",
    "[success=bad default=ok]",
    "[success=ok default=reset]",
    "[success=reset default=ignore]",
)
_FAULTS = (
    "[success=0 default=ignore]",
    "[Success=ok]",
    "[success ok]",
    "[success=okdefault=die]",
    "[ success = ok  default = ignore ]",
    "[success=99999999999 default=ok]",
    "[success=ok default=ignore default=die]",
    "[foo=ok]",
    "[success=",
    "[]",
    "REQUIRED",
    "Sufficient",
    "needed",
    "[success=ok x\\]]",
)

_AUTH: tuple[list[list[Any]], ...] = (
    [["success", ["password"]], ["auth_err", ["guess"]]],
    [["success", ["local"]], ["auth_err", ["guess"]]],
    [["success", ["local"]], ["auth_err", ["guess"]], ["user_unknown", []]],
    [["success", ["blank"]], ["auth_err", ["guess"]]],
    [["success", ["token"]], ["auth_err", []]],
    [["success", ["token"]], ["success", []], ["ignore", []]],
    [["success", ["card"]], ["ignore", []], ["authinfo_unavail", []]],
    [["success", []], ["perm_denied", []]],
    [["success", ["root"]], ["auth_err", []]],
    [["success", ["refuses"]], ["auth_err", []]],
    [["ignore", ["counted"]], ["auth_err", ["counted"]]],
    [["success", ["counted", "refuses"]], ["auth_err", ["counted"]]],
)
_PASSWORD: tuple[list[list[Any]], ...] = (
    [["success", ["set"]], ["authtok_err", []]],
    [["success", ["quality"]], ["authtok_err", []]],
    [["success", []], ["ignore", []]],
)
_LIKELY: tuple[str, ...] = ("success", "success", "success", "auth_err", "ignore", *CODES)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Return a case."""
    draft = _Draft(draw)
    names = [name for name in NAMES if name != "svc" or not draft.rare(20)]
    files = {f"/etc/pam.d/{name}": draft.file(name) for name in names if name != "other" or not draft.rare(5)}
    _steady(files, draft.modules)
    return {"service": SERVICE, "files": files, "modules": draft.modules}


class _Draft:
    """What a case is drawn into: most cases are about one kind, and a third of them has faults."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.modules: dict[str, dict[str, list[list[Any]]]] = {}
        self._faulty = self.rare(3)
        self._kind = self._one("auth", "auth", "auth", "password")

    def _one(self, *values: Any) -> Any:
        return self._draw(st.sampled_from(values))

    def rare(self, of: int) -> bool:
        """Tell yes once in so many times."""
        return bool(self._draw(st.sampled_from(range(of))) == of // 2)

    def file(self, name: str) -> str:
        """Return the text of a file."""
        lines = [self._line(name) for _ in range(self._draw(st.integers(2 if name == "svc" else 1, 5)))]
        if name == "svc" and self.rare(2):
            lines.append(f"{self._kind} {self._one('required', 'requisite')} {self._module('m', self._kind)}")
        text = "".join(line + self._one("\n", "\n", "\n", " \t\n", "  # why\n") for line in lines)
        if self._faulty and self.rare(60):
            return text + f"{self._kind} required \\"
        return text[:-1] if self.rare(20) else text

    def _line(self, name: str) -> str:
        if AFTER.get(name) and self.rare(3):
            return self._include(name)
        if self._faulty and self.rare(8):
            return self._fault()
        plain = (self._kind,) * 12
        kind = self._one(*plain, "auth", "password", "account", self._kind.upper(), "-" + self._kind)
        short = kind.lower().lstrip("-")
        control = self._control()
        if self._faulty and self.rare(8):
            return f"{kind} {control} gone.so"
        sort = "u" if self.rare(150) else "m"
        module = self._module(sort, short)
        gap = self._one(" ", " ", " ", "\t", "   ", " \\\n ", " \\  \n")
        more = self._one("", "", "", " nullok", " a=[b c] d", " \\\n  try_first_pass")
        return f"{kind}{gap}{control} {module}{more}"

    def _include(self, name: str) -> str:
        target = self._one(*AFTER[name])
        kind = self._one(self._kind, self._kind, self._kind, "auth", "password")
        if self._faulty and self.rare(6):
            missing = "@include gone" if self.rare(3) else f"{kind} include gone"
            return self._one(missing, f"{kind} include gone", f"{kind} substack gone")
        path = self._one(target, target, target, f"/etc/pam.d/{target}")
        word = self._one("include", "substack", "substack", "SUBSTACK")
        return self._one(f"@include {path}", f"{kind} {word} {path}", f"{kind} {word} {path}")

    def _fault(self) -> str:
        module = self._module("m", self._kind)
        return self._one(
            self._kind,
            f"{self._kind} required",
            f"auht required {module}",
            f"[{self._kind}] required {module}",
            f"- required {module}",
            f"{self._kind} [success=ok default=bad]{module}",
            "# a comment",
            "",
            "\\",
            f"{self._kind} \\\n# between\n required {module}",
            f"{self._kind} \\\n\n required {module}",
            f"{self._kind} required {module} \\ # no more",
            f"session required {module}",
            f"{self._kind} required\r {module}",
        )

    def _control(self) -> str:
        which = self._draw(st.sampled_from(range(10)))
        if which < 4:
            return str(self._one(*_PLAIN))
        if which < 7:
            return str(self._one(*_USUAL))
        if which == 7 and self._faulty:
            return str(self._one(*_FAULTS))
        pairs = [f"{self._one(*_NAMED)}={self._one(*_ACTIONS)}" for _ in range(self._draw(st.integers(1, 4)))]
        return "[" + " ".join(pairs) + "]"

    def _module(self, sort: str, kind: str) -> str:
        name = f"{sort}{len(self.modules)}.so"
        one = [[self._one(*_LIKELY), []]]
        auth = self._one(*_AUTH) if kind == "auth" and not self.rare(3) else one
        update = self._one(*_PASSWORD) if kind == "password" and not self.rare(4) else one
        prelim = [["success", []], ["authtok_err", []]] if self.rare(4) else [["success", []]]
        if sort == "u":
            auth = [[c, []] for c in ("success", "auth_err", "ignore")] + [
                ["auth_err", ["guess"]],
                ["success", ["taken"]],
            ]
            update = [[c, []] for c in ("success", "authtok_err", "ignore")] + [["success", ["set"]]]
            prelim = [["success", []]]
        self.modules[name] = {"auth": auth, "prelim": prelim, "password": update}
        return name


def _steady(files: dict[str, str], modules: dict[str, dict[str, list[list[Any]]]]) -> None:
    """Let a module return one thing, and prove nothing, where its line may be called twice, or to bound the ways."""
    times = {name: 1 if name in ("svc", "other") else 0 for name in NAMES}
    for name in NAMES:
        text = files.get(f"/etc/pam.d/{name}", "")
        for target in AFTER.get(name, ()):
            times[target] += times[name] * len(
                re.findall(rf"(?:include|stack|STACK)\s+(?:/etc/pam\.d/)?{target}\b", text)
            )
    for name in NAMES:
        if times[name] > 1:
            for module in re.findall(r"[mu]\d+\.so", files.get(f"/etc/pam.d/{name}", "")):
                for kind, ways in modules[module].items():
                    modules[module][kind] = [[ways[0][0], []]]
    for kind in ("auth", "prelim", "password"):
        ways = 1
        for module in modules.values():
            ways *= len(module[kind])
            if ways > MOST:
                ways //= len(module[kind])
                module[kind] = module[kind][:1]


def constructs(case: dict[str, Any]) -> set[str]:
    """Return the names of what a case uses."""
    text = "\n".join(case["files"].values())
    tests = {
        "required, requisite": r"\brequi(?:red|site)\b",
        "sufficient": "sufficient",
        "optional": "optional",
        "[code=action]": r"\[\w+=",
        "jump": r"=[1-9]",
        "jump of 0": r"=0",
        "reset": "=reset",
        "@include": "@include",
        "include": r"\binclude\b(?<!@include)",
        "substack": "(?i)substack",
        "missing include": r"(?:include|substack) gone\b",
        "missing module": r"gone\.so",
        "unknown module": r"\bu\d+\.so",
        "continuation": r"\\\s*\n",
        "unfinished continuation": r"\\$",
        "comment": "#",
        "-type": r"(?m)^-",
        "password": r"(?m)^password",
        "unknown type": "auht",
        "carriage return": "\r",
    }
    found = {name for name, pattern in tests.items() if re.search(pattern, text)}
    found |= {"other"} if "/etc/pam.d/other" in case["files"] else {"no other"}
    proofs = itertools.chain.from_iterable(facts for m in case["modules"].values() for _, facts in m["auth"])
    return found | {f"proof: {proof}" for proof in proofs}
