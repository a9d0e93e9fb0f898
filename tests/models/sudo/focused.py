"""Sudoers of a few lines that all concern one question: each part is written in one of the ways that hit, or nearly."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_SUBJECTS = {
    "alice": ("alice", "ALICE", "#1000", "%ops", "%docker", "%#50", "%#1000", "%alice", "%OPS", '"alice"', "al\\x69ce",
              "%twin", "ALL", '"%ops"', "#01000"),
    "bob": ("bob", "Bob", "#1001", "%web", "%#51", "%bob", "b\\ob", "ALL", "%Web"),
    "dave": ("dave", "DAVE", "#1003", "%ops", "%twin", "%#50", "ALL", '"%twin"'),
    "Eve": ("Eve", "eve", "#1005", "%Eve", "%eve", "ALL"),
}  # fmt: skip
_TARGETS = {
    "root": ("root", "#0", "ALL", "ROOT", "toor", "%root", "%#0"),
    "bob": ("bob", "#1001", "%web", "ALL", "BOB", "%#51"),
    "": ("root", "bob", "ALL", "#0", "alice"),
    ":docker": ("docker", "#52", "ALL", "DOCKER"),
}
_COMMANDS = {
    "/opt/t/alpha": ("/opt/t/alpha", "/opt/u/alpha", "/lnk/alpha", "/opt/t/", "/lnk/", "/opt/", "/opt/t/twin",
                     "/opt/t/*", "/opt/*/alpha", "/opt/t/[ab]*", "/opt/t/[!b]*", "/l*/alpha", "/opt/*",
                     "^/opt/t/(alpha|beta)$", "^/opt/.*$", "^/lnk/[a-c]+$", "ALL",
                     "/opt/u/other", "/opt/t/../t/alpha", "/opt//t/alpha"),
    "/opt/t/twin": ("/opt/t/twin", "/opt/t/alpha", "/opt/t/t*", "/opt/t/"),
    "/opt/u/other": ("/opt/u/other", "/opt/t/alpha", "/opt/u/", "/opt/u/*"),
    "/opt/t/.hidden": ("/opt/t/.hidden", "/opt/t/*", "/opt/t/.*", "/opt/t/", "/opt/t/[.]hidden", "/opt/t/?hidden"),
    "/opt/t/sub/alpha": ("/opt/t/sub/alpha", "/opt/t/", "/opt/t/*", "/opt/t/sub/", "/opt/t/*/alpha", "^/opt/t/.*$"),
    "/opt/t/sp ace": ("/opt/t/sp\\ ace", "/opt/t/sp*", "/opt/t/", "/opt/t/sp?ace"),
    "/lnk/alpha": ("/lnk/alpha", "/opt/t/alpha", "/lnk/", "/l*/alpha", "^/opt/t/alpha$", "^/lnk/alpha$"),
}  # fmt: skip
_ARGUMENTS = {
    "": ("", "", ' ""', " *", " one"),
    "one": ("", " one", " *", ' ""', " o?e", " ^o.*$", " two", " one*"),
    "one two": ("", " one two", " one *", " *", " one", " ^(one|two)( [a-z]+)?$", " one\\ two"),
    "a/b": ("", " a/b", " a*b", " *", " a?b"),
}
_HOSTS = ("ALL", "ALL", "ALL", "box", "BOX", "b*", "box.example.org", "*.example.org", "other", "!box", "HA", "?OX")
_OPTIONS = ("TIMEOUT=5m ", "TIMEOUT=1h1d ", "TIMEOUT=1d2h ", "CWD=* ", "NOTAFTER=20200101000000Z ",
            "NOTAFTER=20400101000000Z ", "NOTBEFORE=20200101000000+0200 ", "NOTBEFORE=20400101000000Z ",
            "ROLE=r TYPE=t ", "NOTAFTER=20201301000000Z ")  # fmt: skip
_SETTINGS = (
    "timestamp_timeout=2.5", "!timestamp_timeout", "timestamp_timeout=-1", "timestamp_timeout=0", "!authenticate",
    "authenticate", "exempt_group=ops", "exempt_group=web", "runas_default=bob", "fast_glob", "!case_insensitive_user",
    "!case_insensitive_group", "match_group_by_gid", "runchroot=*", "runchroot=/opt", "timestamp_timeout = .25",
)  # fmt: skip
_pick = st.sampled_from


class _Scene:
    """What is asked, and the aliases that the lines need."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.aliases: dict[str, str] = {}
        self.account = draw(_pick(("alice", "alice", *_SUBJECTS)))
        self.target = draw(_pick(("root", "root", "root", *_TARGETS)))
        self.path = draw(_pick(("/opt/t/alpha", "/opt/t/alpha", *_COMMANDS)))
        self.arguments = draw(_pick(tuple(_ARGUMENTS)))

    def often(self, percent: int) -> bool:
        """Return yes in so many of a hundred."""
        return bool(self.draw(st.integers(1, 100)) <= percent)

    def one(self, kind: str, choices: tuple[str, ...], others: tuple[str, ...], arguments: bool = False) -> str:
        """Return an item that hits or nearly: of the choices, another, negated, or by an alias."""
        text = self.draw(_pick(choices if self.often(85) else others))
        if arguments and not text.endswith("/") and text != "ALL":
            text += self.draw(_pick(_ARGUMENTS[self.arguments]))
        if self.often(20):
            name = f"{kind[0].upper()}{len(self.aliases)}"
            if self.often(30):
                text += ", !" + self.draw(_pick(others))
            elif self.often(30):
                text = "!" + text
            self.aliases[name] = f"{kind}_Alias {name} = {text}"
            text = name
        return ("!" if self.often(15) else "!!" if self.often(3) else "") + text

    def several(self, *given: Any) -> str:
        """Return one item, or two."""
        return ", ".join(self.one(*given) for _ in range(2 if self.often(25) else 1))

    def runas(self) -> str:
        """Return the brackets before a command."""
        users = _TARGETS["" if self.target == ":docker" else self.target]
        if self.target == ":docker":
            groups = self.several("Runas", _TARGETS[":docker"], ("web",))
            return self.draw(_pick((f"(:{groups}) ", f"({self.account}:{groups}) ", f"(root:{groups}) ", "(ALL) ")))
        text = self.several("Runas", users, ("carol", "#1003"))
        return self.draw(_pick((f"({text}) ", f"({text}) ", f"({text}) ", f"({text} : docker) ", "() ", "")))

    def spec(self) -> str:
        """Return one command with what stands before it."""
        runas = self.runas() if self.often(70) else ""
        option = self.draw(_pick(_OPTIONS)) if self.often(15) else ""
        tag = self.draw(_pick(("", "", "NOPASSWD: ", "NOPASSWD: ", "PASSWD: ", "NOPASSWD: NOEXEC: ")))
        return runas + option + tag + self.one("Cmnd", _COMMANDS[self.path], ("/opt/t/beta", "/opt/t/gamma"), True)

    def rule(self) -> str:
        """Return one rule."""
        users = self.several("User", _SUBJECTS[self.account], ("carol", "%nosuch", "mallory"))
        hosts = self.draw(_pick(_HOSTS))
        if hosts == "HA":
            self.aliases["HA"] = "Host_Alias HA = box, !other"
        specs = ", ".join(self.spec() for _ in range(self.draw(_pick((1, 1, 1, 2, 3)))))
        return f"{users} {hosts} = {specs}"

    def setting(self) -> str:
        """Return one Defaults line."""
        scope = self.draw(_pick(("", "", "", ":" + self.account, ":%ops", "@box", "@other", ">root", ">bob",
                                 "!/opt/t/alpha", "!/opt/t/beta", "!ALL")))  # fmt: skip
        wanted = (
            ("runas_default=bob", "runas_default=toor") if not self.target else ("exempt_group=ops", "exempt_group=web")
        )
        return f"Defaults{scope} {self.draw(_pick(wanted if self.often(35) else _SETTINGS))}"


@st.composite
def cases(draw: Any) -> dict[str, Any]:
    """Return files, and questions about one account, target and command, and about what is next to it."""
    scene = _Scene(draw)
    lines = [scene.setting() for _ in range(draw(_pick((0, 0, 1, 2))))]
    rules = [scene.rule() for _ in range(draw(_pick((1, 1, 2, 3))))]
    files = {}
    if scene.often(15):
        name = draw(_pick(("one", "10-x", "two.bak", "three~", "box", "Zed")))
        files["/etc/sudoers.d/" + name] = rules.pop() + "\n"
        ways = ["@includedir /etc/sudoers.d", "#includedir /etc/sudoers.d", "@include sudoers.d/" + name]
        ways += [f'@include "/etc/sudoers.d/{name}"', *["@include /etc/sudoers.d/%h"] * (3 if name == "box" else 0)]
        rules.insert(0, draw(_pick(ways)))
    text = [*scene.aliases.values(), *lines, *rules]
    asked = [scene.account, scene.target, scene.path, scene.arguments]
    places = {0: tuple(_SUBJECTS), 1: tuple(_TARGETS), 2: tuple(_COMMANDS), 3: tuple(_ARGUMENTS)}
    asks = [asked]
    for at in draw(st.lists(_pick((0, 1, 2, 3, 3)), min_size=2, max_size=2)):
        other = [*asked]
        other[at] = draw(_pick(places[at]))
        if other not in asks:
            asks.append(other)
    return {"files": {"/etc/sudoers": "".join(line + "\n" for line in text), **files}, "asks": asks}
