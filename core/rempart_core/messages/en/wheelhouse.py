"""Texts of the area wheelhouse."""

TEXTS = {
    "wheelhouse.fetched": "fetched",
    "wheelhouse.machine": '--machine "{machine}": give the output of `uname -m`, such as x86_64',
    "wheelhouse.made": "{folder}: {state}, {files:wheel|wheels}",
    "wheelhouse.no_pip": "Rempart was not installed with pip here: name its source with --source",
    "wheelhouse.no_rempart": "{source} is not Rempart",
    "wheelhouse.pip": "pip could not be run: {error}",
    "wheelhouse.pip_said": "pip {command}: {said}",
    "wheelhouse.pip_status": "pip {command}: exit status {status}",
    "wheelhouse.python": "--python {python}: the agent needs 3.11 or newer; audit older hosts without an agent",
    "wheelhouse.unchanged": "unchanged",
}
