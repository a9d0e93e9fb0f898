"""Texts of the area engine."""

TEXTS = {
    "engine.compare_counts": "{count:check|checks}, {differing} with a different result",
    "engine.compare_engine": "{name} {version} as {user}: {seconds} s",
    "engine.compare_more": "and {count} more",
    "engine.compare_not_ok": "not ok",
    "engine.compare_ok": "ok",
    "engine.compare_row": "{mark}: {item}: {observed}, expected {expected}",
    "engine.compare_undecided": "undecided",
    "engine.compare_witness": "second witness: {line}",
    "engine.extension_ends": "stopping",
    "engine.extension_gone": "osqueryd went away: {error}",
    "engine.extension_linux": "the extra tables are available on Linux only",
    "engine.extension_log": "rempart extension: {text}",
    "engine.extension_quote": "{path}: a path with a quote cannot be used in a shell script",
    "engine.extension_refused": "cannot serve the extra tables: {error}",
    "engine.extension_serves": "serving {count:table|tables} to {path}",
    "engine.extension_suffix": "{path}: osqueryd starts an extension only if its name ends in .ext",
    "engine.extension_waits": "waiting: {error}",
    "engine.extension_written": (
        "{path} was written; add a line with this path to the extensions.load of osqueryd and restart it"
    ),
    "engine.linux_only": "the embedded engine supports Linux only",
    "engine.no_osqueryi": "osqueryi was not found; set {variable} to its path",
    "engine.no_rows": "no rows",
    "engine.no_table": "there is no table {table}. {explanation}",
    "engine.only_osquery": "no osquery is available on this machine, and on this system only osquery can answer",
    "engine.osqueryd": "osqueryd: {error}",
    "engine.own_table": "what answers here: this engine",
    "engine.root": "--root {error}",
    "engine.socket": "--socket names an osqueryd, and --engine {engine} asks for another engine",
    "engine.table_elsewhere": "osquery has {table} on {systems} only.",
    "engine.table_embedded": (
        "The embedded engine has {table}, a table of Rempart; osquery gets it from `rempart-agent extension`."
    ),
    "engine.table_linux": "{table} is a table of Rempart for Linux only.",
    "engine.table_near": "Neither Rempart nor osquery has a table of this name; did you mean {names}?",
    "engine.table_nowhere": "Neither Rempart nor osquery has a table of this name.",
    "engine.table_osquery": (
        "osquery has {table} on this system: use a real osquery with --engine osqueryd or --engine osqueryi."
    ),
    "engine.wire_invalid": "no valid answer: {error}",
    "engine.wire_kind": "invalid answer: message type {kind}",
    "engine.wire_list": "invalid answer: list of type {kind}",
    "engine.wire_more": "invalid answer: more data than requested",
    "engine.wire_no_rows": "an answer without rows",
    "engine.wire_no_status": "an answer without a status",
    "engine.wire_osquery": "error reported by osquery: {error}",
    "engine.wire_other": "invalid answer: it belongs to {name} number {number}, expected {expected}",
    "engine.wire_rows": "{count:row|rows}",
    "engine.wire_text_size": "a text of {count:byte|bytes}",
}
