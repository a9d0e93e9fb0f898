"""What rsyslog does with messages: the grammar of its configuration, and where each message goes.

Source: rsyslog's ``grammar/lexer.l``, ``grammar/grammar.y``, ``runtime/ruleset.c``; held against rsyslogd 8.2504.
"""
