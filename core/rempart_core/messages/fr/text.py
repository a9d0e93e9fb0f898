"""What holds other messages together."""

TEXTS = {
    "text.as_is": "{text}",
    "text.labelled": "{label} : {text}",
    "text.listed": "{first} ; {rest}",
    "text.nothing": "",
    "text.own": "{fr}",
    "text.points": "{first}\n  - {rest}",
    "text.mistakes": "{first}\nrempart: {rest}",
    "text.yes_no": "{question} [o/N] ",
    "text.quoted": "« {text} »",
    "text.interrupted": "interrompu",
    "text.mistake_count": "{count:erreur|erreurs}",
}
