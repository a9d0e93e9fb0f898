"""Texts of the area report."""

TEXTS = {
    "report.junit": "the JUnit report needs the package junit-xml, which is not installed",
    "report.no_folder_format": 'report format "{name}" does not write a directory (these do: {known})',
    "report.no_format": 'unknown report format "{name}" (known: {known})',
    "report.template": "the template of the page is broken: {error}",
    "report.write": "cannot write {path}: {error}",
    "report.write_into": "cannot write into {path}: {error}",
}
