"""Texts of the area report."""

TEXTS = {
    "report.propose_alone": "--propose goes with --ciso-assistant",
    "report.poam_absent": "no open finding: no plan of action was written, since it may not be empty",
    "report.no_sheets": "spreadsheets need the extra `report`: pip install 'rempart[report]'",
    "report.sample_size": "{text}: give a number of hosts from 1",
    "report.incomplete": "The audit is incomplete; the first page says why.",
    "report.written": "written: {path}",
    "report.no_sample": (
        "--sample needs a chain of signed runs, or nobody could draw the sample again: rempart audit --sign"
    ),
    "report.not_after": "--from {since} is not before the date of the report, {at}",
    "report.too_early": "{option} {time}: the first run of the store is of {first}",
    "report.no_runs": "the store contains no run: nothing can be reported (rempart audit --store)",
    "report.nothing_asked": "give at least one output: --pdf, --html, --xlsx, --oscal, --soa or --ciso-assistant",
    "report.no_fetching": "a report fetches nothing: {url}",
    "report.no_printer": (
        "PDF needs the extra `report` and the library Pango: pip install 'rempart[report]', and on Debian "
        "apt-get install libpango-1.0-0 libpangoft2-1.0-0"
    ),
    "report.answer_lost": "an answer can't be kept: {error}",
    "report.directory_read_only": "the directory {path} cannot be written",
    "report.hangs": "the run's deadline of {given} s passed {grace} s ago and something still hangs: ended, incomplete",
    "report.junit": "the JUnit report needs the package junit-xml, which is not installed",
    "report.kept": "a store, a key, a register or evidence stands there: no report replaces it",
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
