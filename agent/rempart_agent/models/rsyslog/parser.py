"""Reads the configuration of rsyslog: RainerScript and the old form of one line a rule (``grammar/grammar.y``).

What rsyslogd would refuse, or what is not understood, raises :class:`~.lexer.Unclear`: rsyslogd goes on with what it
had until there, and which part that is differs between versions.
"""

import re
from typing import Dict, FrozenSet, Optional, Tuple

from rempart_agent.models.rsyslog import expression, legacy
from rempart_agent.models.rsyslog.lexer import Include, Lexer, Token, Unclear
from rempart_agent.models.rsyslog.selector import mask
from rempart_agent.models.rsyslog.syntax import (
    Action,
    Call,
    Configuration,
    Each,
    If,
    Nothing,
    Params,
    Priority,
    Property,
    Ruleset,
    Script,
    Statement,
    Stop,
    Text,
)
from rempart_agent.models.rsyslog.tokens import Tokens, is_disabled, word
from rempart_agent.said import Why

DEFAULT = "RSYSLOG_DefaultRuleset"
_PROPFILT = re.compile(r'\s*:([^,]*),([^,]*),\s*"(.*)"\Z', re.DOTALL)
_OPERATIONS = ("contains", "isequal", "isempty", "startswith", "regex", "ereregex")
_SUSPICIOUS = {  # what keeps an action from being carried out each time that it is reached
    "action.execonlywhenpreviousissuspended": ("off", "no", "0"),
    "action.execonlyeverynthtime": ("0", "1"),
    "action.execonlyonceeveryinterval": ("0",),
    "queue.samplinginterval": ("0", "1"),
    "queue.discardmark": ("",),
    "action.ratelimit.name": ("",),
}


class Parser:
    """Reads one configuration."""

    def __init__(self, path: str, text: str, include: Include, installed: Optional[FrozenSet[str]] = None) -> None:
        """Begin with the main file.

        Args:
            path: What it is called.
            text: All of it.
            include: Returns the files that an include names.
            installed: Names of the modules that there are; None where that is not known.
        """
        self._installed = installed
        self._lexer = Lexer(path, text, include)
        self._tokens = Tokens(self._lexer)
        self.rulesets: Dict[str, Ruleset] = {DEFAULT: Ruleset([])}
        self._current = self._default = DEFAULT
        self.modules: Dict[str, Params] = {}
        self.settings: Dict[str, str] = {}
        self.templates: Dict[str, bool] = {}
        self.unsure = ""

    def _skip_directives(self) -> None:
        while self._tokens.directive():
            self._directive(self._tokens.directive())
            self._tokens.drop()

    # configuration

    def read(self) -> Configuration:
        """Read the whole."""
        while True:
            self._skip_directives()
            kind = self._tokens.peek()
            if not kind:
                break
            if kind == "DIRECTIVE":
                self._select(self._tokens.next().value.split(None, 1)[1].strip())
            elif kind in ("OBJECT", "TEMPLATE", "RULESET"):
                self._object()
            elif kind == "BSD":
                raise Unclear("a block in the form of BSD")
            else:
                self.rulesets[self._current].script.extend(self._statement())
        return Configuration(self.rulesets, self._default, self.modules, self.settings, self.templates, self.unsure)

    def _select(self, name: str) -> None:
        self._current = name
        self.rulesets.setdefault(name, Ruleset([]))

    def _directive(self, line: str) -> None:
        name, _, value = line[1:].partition(" ")
        name, value = name.strip().lower(), value.split("#")[0].strip()
        if name == "modload":
            module = re.sub(r"\.so$", "", value.rpartition("/")[2])
            self._load(module.lower(), {})
        elif name == "template":
            label, _, text = value.partition(",")
            whole = line.partition(",")[2]
            self.templates[label.strip()] = _has_message(whole or text)
        elif name == "defaultruleset":
            if value not in self.rulesets:
                raise Unclear("$DefaultRuleset {value}: no such ruleset before it", value=value)
            self._default = value
        elif name == "resetconfigvariables":
            self.settings = {k: v for k, v in self.settings.items() if not k.startswith("action")}
        else:
            self.settings[name] = value
        if name.startswith("mainmsgqueue") and ("discard" in name or "sampling" in name):
            self.unsure = Why("${name} may drop messages", name=name)

    def _load(self, name: str, params: Params) -> None:
        if self._installed is None or name in self._installed or name.startswith("builtin:"):
            self.modules.setdefault(name, params)

    def _object(self) -> None:
        token = self._tokens.next()
        name = token.value[:-1].strip().lower()
        params = self._tokens.params()
        if name == "ruleset":
            self._tokens.next("{")
            script: Script = [] if self._peek_past_directives() == "}" else self._script()
            self._tokens.next("}")
            self._end_of(params, token, script)
            return
        if name == "template" and self._tokens.peek() == "{":
            params["list"] = "".join(self._tokens.template_list())
        if is_disabled(params):
            return
        if name == "global":
            self.settings.update({k: v for k, v in params.items() if isinstance(v, str)})
        elif name == "module":
            self._load(re.sub(r"\.so$", "", word(params, "load").rpartition("/")[2]).lower(), params)
        elif name == "template":
            text = word(params, "string") + word(params, "list")
            plugin = word(params, "type").lower() not in ("string", "list")
            self.templates[word(params, "name")] = not plugin and _has_message(text)
        elif name == "main_queue" and any("discard" in p or "sampling" in p for p in params):
            self.unsure = Why("main_queue may drop messages")

    def _end_of(self, params: Params, token: Token, script: Script) -> None:
        name = word(params, "name")
        if is_disabled(params):
            return
        if not name or name in self.rulesets:
            raise Unclear("{path}:{line}: a ruleset that was there already", path=token.path, line=token.line)
        queued = any(p.startswith("queue.") for p in params)
        if any("discard" in p or "sampling" in p for p in params):
            self.unsure = Why("a queue may drop messages")
        self.rulesets[name] = Ruleset(script, queued)

    # statements

    def _peek_past_directives(self) -> str:
        self._skip_directives()
        return self._tokens.peek()

    def _script(self) -> Script:
        script = self._statement()
        while self._peek_past_directives() not in ("}", ""):
            script = script + self._statement()
        return script

    def _block(self) -> Script:
        if self._peek_past_directives() != "{":
            return self._statement()
        self._tokens.next()
        script = self._script()
        self._tokens.next("}")
        return script

    def _statement(self) -> Script:
        self._tokens.enter(Why("blocks within one another"))
        self._skip_directives()
        found = self._one()
        self._tokens.leave()
        return found

    def _one(self) -> Script:
        kind = self._tokens.peek()
        if kind == "IF":
            return [self._if()]
        if kind == "PRIFILT":
            token = self._tokens.next()
            bits = mask(token.value.strip())
            if bits is None:
                raise Unclear(
                    "{path}:{line}: the selector {token}", path=token.path, line=token.line, token=token.value.strip()
                )
            return [Priority(bits, self._block())]
        if kind == "PROPFILT":
            return [self._property()]
        if kind in ("SET", "RESET", "UNSET"):
            self._tokens.next()
            self._tokens.next("VAR")
            if kind != "UNSET":
                self._tokens.next("=")
                expression.read(self._tokens)
            self._tokens.next(";")
            return []
        if kind == "INCLUDE":
            self._tokens.next()
            self._included(self._tokens.params())
            return []
        if kind == "FOREACH":
            self._tokens.next()
            for part in ("(", "VAR", "IN"):
                self._tokens.next(part)
            expression.read(self._tokens)
            self._tokens.next(")")
            self._tokens.next("DO")
            return [Each(self._block())]
        found = self._act()
        while self._tokens.peek() == "&":
            self._tokens.next()
            found += self._act()
        return found

    def _act(self) -> Script:
        self._skip_directives()
        token = self._tokens.next("ACTION", "LEGACY", "STOP", "CALL", "CALL_INDIRECT", "CONTINUE")
        if token.kind == "STOP":
            return [Stop()]
        if token.kind == "CONTINUE":
            return [Nothing()]
        if token.kind == "CALL":
            return [Call(self._tokens.next("NAME").value)]
        if token.kind == "CALL_INDIRECT":
            name = expression.read(self._tokens)
            self._tokens.next(";")
            return [Call(name.value if isinstance(name, Text) else "")]
        if token.kind == "LEGACY":
            return legacy.statements(token, self.settings, self.templates, self.modules)
        return self._action(token, self._tokens.params())

    def _action(self, token: Token, params: Params) -> Script:
        kind = word(params, "type").lower()
        kind = kind[8:] if kind.startswith("builtin:") else kind
        if is_disabled(params) or (kind not in legacy.BUILT_IN and kind not in self.modules):
            return [Nothing()]
        if kind == "omfile":  # the module's own, as it is now; directives count for lines in the old form alone
            usual = self.modules.get("builtin:omfile", {})
            params = {**{name: usual[name] for name in legacy.FILE_SETTINGS if name in usual}, **params}
        odd = [n for n, harmless in _SUSPICIOUS.items() if n in params and word(params, n).lower() not in harmless]
        unsure = Why("{odd} is set", odd=odd[0]) if odd else ""
        if "template" in params:
            unsure = unsure or legacy.doubt(word(params, "template"), self.templates)
        return [Action(kind, params, token.path, token.line, unsure)]

    def _included(self, params: Params) -> None:
        if is_disabled(params):
            return
        if "text" in params:
            self._lexer.add_text(word(params, "text"))
        else:
            self._lexer.include(word(params, "file"))

    def _if(self) -> Statement:
        self._tokens.next("IF")
        condition = expression.read(self._tokens)
        self._tokens.next("THEN")
        then = self._block()
        otherwise: Script = []
        if self._peek_past_directives() == "ELSE":
            self._tokens.next()
            otherwise = self._block()
        return If(condition, then, otherwise)

    def _property(self) -> Statement:
        token = self._tokens.next()
        found = _PROPFILT.match(token.value)
        if not found:
            raise Unclear("{path}:{line}: a filter of a property", path=token.path, line=token.line)
        name, operation, value = found.groups()
        operation = operation.strip()
        negated = operation.startswith("!")
        value = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
        if operation.lstrip("!").strip() not in _OPERATIONS:
            raise Unclear(
                "{path}:{line}: {operation} depends on the version",
                path=token.path,
                line=token.line,
                operation=operation,
            )
        return Property(name.strip().lower(), negated, operation.lstrip("!").strip(), value, self._block())


def read(path: str, text: str, include: Include, installed: Optional[FrozenSet[str]] = None) -> Configuration:
    """Read a configuration.

    Args:
        path: The main file.
        text: Its text.
        include: Gives the files that a pattern names.
        installed: The modules that can be loaded; None where that is not known, and all are taken to be there.

    Raises:
        Unclear: it has something that is not understood.
    """
    try:
        return Parser(path, text, include, installed).read()
    except RecursionError:
        raise Unclear("blocks within one another without end") from None


def _has_message(text: str) -> bool:
    words: "Tuple[str, ...]" = ("%msg", "%rawmsg", "%$!all-json", "%jsonmesg", "%$!%")
    return any(word in text.lower() for word in words)
