"""What holds other messages together."""

TEXTS = {
    "text.as_is": "{text}",
    "text.interrupted": "interrupted",
    "text.labelled": "{label}: {text}",
    "text.lines": "{first}\n{rest}",
    "text.listed": "{first}; {rest}",
    "text.mistake_count": "{count:mistake|mistakes}",
    "text.mistakes": "{first}\nrempart: {rest}",
    "text.nothing": "",
    "text.own": "{en}",
    "text.placed": "{place}: {told}",
    "text.points": "{first}\n  - {rest}",
    "text.quoted": '"{text}"',
    "text.quoting": '{who}: "{said}"',
    "text.theirs": "{text}",
    "text.yes_no": "{question} [y/N] ",
}
