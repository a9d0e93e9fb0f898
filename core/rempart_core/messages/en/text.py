"""What holds other messages together."""

TEXTS = {
    "text.as_is": "{text}",
    "text.labelled": "{label}: {text}",
    "text.listed": "{first}; {rest}",
    "text.nothing": "",
    "text.own": "{en}",
    "text.points": "{first}\n  - {rest}",
    "text.mistakes": "{first}\nrempart: {rest}",
    "text.yes_no": "{question} [y/N] ",
    "text.quoted": '"{text}"',
    "text.interrupted": "interrupted",
    "text.mistake_count": "{count:mistake|mistakes}",
}
