"""Reads the configuration of rsyslog: RainerScript and the old form of one line a rule (``grammar/grammar.y``).

What rsyslogd would refuse, or what is not understood, raises :class:`~.lexer.Unclear`: rsyslogd goes on with what it
had until there, and which part that is differs between versions.
"""

import re
from typing import Dict, FrozenSet, List, Optional, Tuple

from rempart_agent.models.rsyslog import legacy
from rempart_agent.models.rsyslog.lexer import Include, Lexer, Token, Unclear
from rempart_agent.models.rsyslog.selector import mask
from rempart_agent.models.rsyslog.syntax import (
    Action,
    Call,
    Configuration,
    Each,
    Expression,
    Function,
    If,
    Nothing,
    Number,
    Operation,
    Params,
    Priority,
    Property,
    Ruleset,
    Script,
    Statement,
    Stop,
    Text,
    Texts,
    Variable,
)

DEFAULT = "RSYSLOG_DefaultRuleset"
MAX_DEPTH = 100
_LEVELS = (("AND", "OR"), ("COMPARE", "="), ("+", "-", "&"), ("*", "/", "%"))  # AND and OR are one level there
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
        """Begin with the main file."""
        self._installed = installed
        self._lexer = Lexer(path, text, include)
        self._ahead: Optional[Token] = None
        self._asked = False
        self._depth = 0
        self.rulesets: Dict[str, Ruleset] = {DEFAULT: Ruleset([])}
        self._current = self._default = DEFAULT
        self.modules: Dict[str, Params] = {}
        self.settings: Dict[str, str] = {}
        self.templates: Dict[str, bool] = {}
        self.unsure = ""

    # tokens

    def _peek(self) -> str:
        if not self._asked:
            self._ahead, self._asked = self._lexer.take(), True
        return self._ahead.kind if self._ahead else ""

    def _next(self, *kinds: str) -> Token:
        kind = self._peek()
        token = self._ahead
        if token is None or (kinds and kind not in kinds):
            where = "{}:{}".format(token.path, token.line) if token else "the end"
            raise Unclear("{}: {} is not expected here".format(where, kind or "the end"))
        self._asked = False
        if kind == "DIRECTIVE" and not token.value.lower().startswith("$ruleset "):
            raise AssertionError
        return token

    def _skip_directives(self) -> None:
        while self._peek() == "DIRECTIVE":
            value = self._ahead.value if self._ahead else ""
            if value.lower().startswith("$ruleset "):
                return
            self._directive(value)
            self._asked = False

    # configuration

    def read(self) -> Configuration:
        """Read the whole."""
        while True:
            self._skip_directives()
            kind = self._peek()
            if not kind:
                break
            if kind == "DIRECTIVE":
                self._select(self._next().value.split(None, 1)[1].strip())
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
                raise Unclear("$DefaultRuleset {}: no such ruleset before it".format(value))
            self._default = value
        elif name == "resetconfigvariables":
            self.settings = {k: v for k, v in self.settings.items() if not k.startswith("action")}
        else:
            self.settings[name] = value
        if name.startswith("mainmsgqueue") and ("discard" in name or "sampling" in name):
            self.unsure = "${} may drop messages".format(name)

    def _load(self, name: str, params: Params) -> None:
        if self._installed is None or name in self._installed or name.startswith("builtin:"):
            self.modules.setdefault(name, params)

    def _object(self) -> None:
        token = self._next()
        name = token.value[:-1].strip().lower()
        params = self._params()
        if name == "ruleset":
            self._next("{")
            script: Script = [] if self._peek_past_directives() == "}" else self._script()
            self._next("}")
            self._end_of(params, token, script)
            return
        if name == "template" and self._peek() == "{":
            params["list"] = "".join(self._template_list())
        if _disabled(params):
            return
        if name == "global":
            self.settings.update({k: v for k, v in params.items() if isinstance(v, str)})
        elif name == "module":
            self._load(re.sub(r"\.so$", "", _word(params, "load").rpartition("/")[2]).lower(), params)
        elif name == "template":
            text = _word(params, "string") + _word(params, "list")
            plugin = _word(params, "type").lower() not in ("string", "list")
            self.templates[_word(params, "name")] = not plugin and _has_message(text)
        elif name == "main_queue" and any("discard" in p or "sampling" in p for p in params):
            self.unsure = "main_queue may drop messages"

    def _end_of(self, params: Params, token: Token, script: Script) -> None:
        name = _word(params, "name")
        if _disabled(params):
            return
        if not name or name in self.rulesets:
            raise Unclear("{}:{}: a ruleset that was there already".format(token.path, token.line))
        queued = any(p.startswith("queue.") for p in params)
        if any("discard" in p or "sampling" in p for p in params):
            self.unsure = "a queue may drop messages"
        self.rulesets[name] = Ruleset(script, queued)

    def _template_list(self) -> List[str]:
        self._next("{")
        names = []
        while self._peek() in ("PROPERTY", "CONSTANT"):
            kind = self._next().kind
            params = self._params()
            names += ["%{}%".format(_word(params, "name"))] if kind == "PROPERTY" else []
        self._next("}")
        return names

    def _params(self) -> Params:
        found: Params = {}
        while self._peek() == "NAME":
            name = self._next().value.lower()
            self._next("=")
            if self._peek() == "[":
                self._next()
                values = [self._next("STRING").value]
                while self._peek() == ",":
                    self._next()
                    values.append(self._next("STRING").value)
                self._next("]")
                found.setdefault(name, tuple(values))
            else:
                value = self._next("STRING").value
                if name in found and found[name] != value:
                    raise Unclear("the parameter {} twice".format(name))
                found.setdefault(name, value)
        self._next("ENDOBJ")
        return found

    # statements

    def _peek_past_directives(self) -> str:
        self._skip_directives()
        return self._peek()

    def _script(self) -> Script:
        script = self._statement()
        while self._peek_past_directives() not in ("}", ""):
            script = script + self._statement()
        return script

    def _block(self) -> Script:
        if self._peek_past_directives() != "{":
            return self._statement()
        self._next()
        script = self._script()
        self._next("}")
        return script

    def _statement(self) -> Script:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unclear("blocks within one another without end")
        self._skip_directives()
        found = self._one()
        self._depth -= 1
        return found

    def _one(self) -> Script:
        kind = self._peek()
        if kind == "IF":
            return [self._if()]
        if kind == "PRIFILT":
            token = self._next()
            bits = mask(token.value.strip())
            if bits is None:
                raise Unclear("{}:{}: the selector {}".format(token.path, token.line, token.value.strip()))
            return [Priority(bits, self._block())]
        if kind == "PROPFILT":
            return [self._property()]
        if kind in ("SET", "RESET", "UNSET"):
            self._next()
            self._next("VAR")
            if kind != "UNSET":
                self._next("=")
                self._expression()
            self._next(";")
            return []
        if kind == "INCLUDE":
            self._next()
            self._included(self._params())
            return []
        if kind == "FOREACH":
            self._next()
            for part in ("(", "VAR", "IN"):
                self._next(part)
            self._expression()
            self._next(")")
            self._next("DO")
            return [Each(self._block())]
        found = self._act()
        while self._peek() == "&":
            self._next()
            found += self._act()
        return found

    def _act(self) -> Script:
        self._skip_directives()
        token = self._next("ACTION", "LEGACY", "STOP", "CALL", "CALL_INDIRECT", "CONTINUE")
        if token.kind == "STOP":
            return [Stop()]
        if token.kind == "CONTINUE":
            return [Nothing()]
        if token.kind == "CALL":
            return [Call(self._next("NAME").value)]
        if token.kind == "CALL_INDIRECT":
            name = self._expression()
            self._next(";")
            return [Call(name.value if isinstance(name, Text) else "")]
        if token.kind == "LEGACY":
            return legacy.statements(token, self.settings, self.templates, self.modules)
        return self._action(token, self._params())

    def _action(self, token: Token, params: Params) -> Script:
        kind = _word(params, "type").lower()
        kind = kind[8:] if kind.startswith("builtin:") else kind
        if _disabled(params) or (kind not in legacy.BUILT_IN and kind not in self.modules):
            return [Nothing()]
        odd = [n for n, harmless in _SUSPICIOUS.items() if n in params and _word(params, n).lower() not in harmless]
        unsure = "{} is set".format(odd[0]) if odd else ""
        if "template" in params:
            unsure = unsure or legacy.doubt(_word(params, "template"), self.templates)
        return [Action(kind, params, token.path, token.line, unsure)]

    def _included(self, params: Params) -> None:
        if _disabled(params):
            return
        if "text" in params:
            self._lexer.add_text(_word(params, "text"))
        else:
            self._lexer.include(_word(params, "file"))

    def _if(self) -> Statement:
        self._next("IF")
        condition = self._expression()
        self._next("THEN")
        then = self._block()
        otherwise: Script = []
        if self._peek_past_directives() == "ELSE":
            self._next()
            otherwise = self._block()
        return If(condition, then, otherwise)

    def _property(self) -> Statement:
        token = self._next()
        found = _PROPFILT.match(token.value)
        if not found:
            raise Unclear("{}:{}: a filter of a property".format(token.path, token.line))
        name, operation, value = found.groups()
        operation = operation.strip()
        negated = operation.startswith("!")
        value = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
        if operation.lstrip("!").strip() not in _OPERATIONS:
            raise Unclear("{}:{}: {} depends on the version".format(token.path, token.line, operation))
        return Property(name.strip().lower(), negated, operation.lstrip("!").strip(), value, self._block())

    # expressions

    def _expression(self, level: int = 0) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unclear("an expression without end")
        if level == len(_LEVELS):
            found = self._primary()
        else:
            found = self._expression(level + 1)
            while self._peek() in _LEVELS[level]:
                token = self._next()
                if token.value.lower() == "endswith":  # a syntax error before rsyslog 8.2506
                    raise Unclear("{}:{}: endswith, which depends on the version".format(token.path, token.line))
                found = Operation(token.value.lower(), found, self._expression(level + 1))
        self._depth -= 1
        return found

    def _primary(self) -> Expression:
        token = self._next("NOT", "-", "(", "NUMBER", "STRING", "VAR", "[", "FUNC", "EXISTS")
        if token.kind in ("NOT", "-"):
            return Operation(token.kind.lower(), None, self._primary())
        if token.kind == "(":
            inner = self._expression()
            self._next(")")
            return inner
        if token.kind == "NUMBER":
            octal = token.value[0] == "0" and token.value.isdigit()
            return Number(int(token.value, 8 if octal else 0))
        if token.kind == "STRING":
            return Text(token.value)
        if token.kind == "VAR":
            return Variable(token.value[1:].lower())
        if token.kind == "[":
            return self._texts()
        self._next("(")
        arguments: List[Expression] = []
        while self._peek() != ")":
            arguments.append(self._expression())
            if self._peek() != ",":
                break
            self._next()
        self._next(")")
        return Function(token.value.lower(), tuple(arguments))

    def _texts(self) -> Texts:
        values = [self._next("STRING").value]
        while self._peek() == ",":
            self._next()
            values.append(self._next("STRING").value)
        self._next("]")
        return Texts(tuple(values))


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


def _word(params: Params, name: str) -> str:
    value = params.get(name, "")
    return value if isinstance(value, str) else value[0]


def _disabled(params: Params) -> bool:
    """Tell whether ``config.enabled`` turns an object off: anything but ``on`` does."""
    return "config.enabled" in params and _word(params, "config.enabled") != "on"


def _has_message(text: str) -> bool:
    words: "Tuple[str, ...]" = ("%msg", "%rawmsg", "%$!all-json", "%jsonmesg", "%$!%")
    return any(word in text.lower() for word in words)
