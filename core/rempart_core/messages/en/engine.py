"""Texts of the area engine."""

TEXTS = {
    "engine.linux_only": "the embedded engine supports Linux only",
    "engine.no_osqueryi": "osqueryi was not found; set {variable} to its path",
    "engine.only_osquery": "no osquery is available on this machine, and on this system only osquery can answer",
    "engine.root": "--root {error}",
    "engine.socket": "--socket names an osqueryd, and --engine {engine} asks for another engine",
}
