"""What a YAML scalar is: the rules of YAML 1.2's core schema, with everything refused that readers disagree on.

See https://yaml.org/spec/1.2.2/#103-core-schema and, for what older readers make of the same words,
https://yaml.org/type/ (``bool``, ``int``, ``float``, ``timestamp``).
"""

import re
from typing import NamedTuple

from rempart_core.content.yamlfile import Scalar

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,40})", re.ASCII)
_AMBIGUOUS = re.compile(
    r"""(?xi)
      y | n | yes | no | on | off | true | false | null      # true, false, null in small letters are settled before
    | [-+]? 0b[01_]+ | [-+]? 0o[0-7_]+ | [-+]? 0x[0-9a-f_]+
    | [-+]? [0-9][0-9_]* (:[0-5]?[0-9])* (\.[0-9_]*)?   # decimal, octal, sexagesimal, underscores, fractions
    | [-+]? [0-9_]* \.[0-9_]+
    | [-+]? ([0-9][0-9_]*\.?[0-9_]* | \.[0-9_]+) e[-+]?[0-9]+
    | [-+]? \.(inf|nan)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} ( (t|[ \t]+) [0-9]{1,2}:[0-9]{2}:[0-9]{2} .* )?
    | = | <<
    """,
    re.ASCII,
)


class Value(NamedTuple):
    """What a scalar is.

    Attributes:
        kind: ``text``, ``integer``, ``flag``, ``null``, or ``ambiguous`` for what has to be written otherwise.
        value: The value; of an ambiguous one the text as written.
    """

    kind: str
    value: str | int | bool | None


def resolve(node: Scalar) -> Value:
    """Return what the scalar is; quoted and block scalars are texts."""
    text = node.text
    if node.style:
        return Value("text", text)
    if text in ("", "null", "~"):
        return Value("null", None)
    if text in ("true", "false"):
        return Value("flag", text == "true")
    if _INTEGER.fullmatch(text) and text != "-0":
        return Value("integer", int(text))
    if _AMBIGUOUS.fullmatch(text):
        return Value("ambiguous", text)
    return Value("text", text)
