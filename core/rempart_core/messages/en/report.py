"""Texts of the area report."""

TEXTS = {
    "report.answer_lost": "an answer can't be kept: {error}",
    "report.directory_read_only": "the directory {path} cannot be written",
    "report.hangs": "the run's deadline of {given} s passed {grace} s ago and something still hangs: ended, incomplete",
    "report.junit": "the JUnit report needs the package junit-xml, which is not installed",
    "report.no_directory": "there is no directory {path}",
    "report.no_folder_format": 'report format "{name}" does not write a directory (these do: {known})',
    "report.no_format": 'unknown report format "{name}" (known: {known})',
    "report.no_name": "the name of a file is missing",
    "report.others_file": "{name}, where it would continue, is no report of Rempart",
    "report.read_only": "it cannot be written",
    "report.reader_gone": "the reader went away",
    "report.same_place": "{first} and {second} both write to {place}: give each a place of its own",
    "report.standard_output": "standard output",
    "report.template": "the template of the page is broken: {error}",
    "report.twice": "the next audit could not recognise a document that is sent twice: {error}",
    "report.write": "cannot write {path}: {error}",
    "report.write_into": "cannot write into {path}: {error}",
}
