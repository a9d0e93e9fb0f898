"""Who may become root by sudo and doas: sudoers(5) and doas.conf(5), evaluated as the programs evaluate them.

``lexer`` and ``parser`` read sudoers as its flex and yacc grammars do, ``match`` decides (the last match wins),
``grants`` asks for every account, and ``doas`` is the same for doas.conf. What can't be known (netgroups, digests,
expressions that are read differently elsewhere) leads to answers of None with the reason, never to a guess.

Held against sudo 1.9.16 itself by ``tests/models/sudo``; its source is named where a rule comes from it.
"""
