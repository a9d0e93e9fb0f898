"""Texts of the area server."""

TEXTS = {
    "server.absolute": "give an absolute path",
    "server.address": "{address} is not an IP address of this machine",
    "server.begun": "there is a server already ({path}); nothing was changed",
    "server.both": "{name} is missing: give both, or neither",
    "server.ca_ended": "the CA {path} has expired: make a new one, and give it to all machines",
    "server.command": "let machines report by themselves, and show the fleet in a browser",
    "server.command_about": "Let machines report by themselves, and show the fleet in a browser.",
    "server.command_init": "create a server: CA, keys, settings, store",
    "server.command_run": "answer machines and browsers until stopped",
    "server.duration": "{text} is not a duration: write 90s, 30m, 24h or 7d",
    "server.duration_bounds": "must be between {least} and {most}",
    "server.ended": "the server stopped: its workers could not go on (the lines above say why)",
    "server.extra": "`rempart server` needs packages that are missing ({names}): pip install 'rempart[server]'",
    "server.help_certificate": "certificate chain (PEM) instead of one from an own CA",
    "server.help_dir": "directory of the server (default: REMPART_SERVER_DIR, else /var/lib/rempart-server as root)",
    "server.help_key": "private key of --cert (PKCS #8, PEM)",
    "server.help_name": "host name by which machines and browsers reach the server",
    "server.help_store": "postgresql:// URL of the store (default: an SQLite file in the directory)",
    "server.init_ca": "CA: {path}\nIts SHA-256 fingerprint: {fingerprint}",
    "server.init_link": "One-time link of the account admin, valid for 24 hours:\n{link}",
    "server.init_long": (
        "Create a server in a directory: a CA, the server's certificate and keys, server.yaml, the store, and the "
        "one-time link of the account admin. Exit status: 0 created, 2 wrong usage, or there is a server already "
        "(nothing is changed), 3 the store or a key could not be created."
    ),
    "server.init_next": "Start it: rempart server run --dir {directory}",
    "server.name": "{name} is not a host name",
    "server.network": "{text} is not an IP address or network",
    "server.no_certificate": "{path}: not a certificate in PEM format",
    "server.no_file": "there is no file {path}",
    "server.no_folder": "there is no directory {path}",
    "server.none": "there is no server in {directory}; `rempart server init` creates one",
    "server.port": "cannot listen on {place}: {error}",
    "server.run_long": (
        "Answer machines and browsers until SIGTERM or Ctrl-C. Exit status: 0 stopped, 2 wrong settings, 3 the store "
        "or the port cannot be used."
    ),
    "server.store": "not the URL of a PostgreSQL server (postgresql://…)",
    "server.time": '{text} is not a time of day: write it as "01:00" (UTC)',
    "server.tls_failed": "the certificate or key {path}: {error}",
    "server.tls_no_key": "{path}: not a certificate and private key of the server's CA in PEM format",
    "server.too_large": "{value} is too large (at most {most})",
    "server.workers": "more than one worker needs PostgreSQL as the store",
}
