"""Texts of the area server."""

TEXTS = {
    "server.absolute": "give an absolute path",
    "server.address": "{address} is not an IP address of this machine",
    "server.as_root": (
        "note: {directory} belongs to root, so the server would run as root: give it to a user of its own "
        "(docs/server.md)"
    ),
    "server.backup_damaged": "{path}: damaged at line {line}; nothing was restored",
    "server.backup_layout": (
        "the backup has layout {layout} of the store: restore it with Rempart {version}, then migrate; nothing was"
        " restored"
    ),
    "server.backup_long": (
        "Write all of a server to one file while it works: its store as of one moment, keys, CA and settings. The "
        "file contains private keys: keep it encrypted. Note the two heads that are printed: restore compares "
        "them. Exit status: 0 written, 2 wrong usage, 3 the store cannot be read."
    ),
    "server.backup_made": "Backup: {path} ({size:byte|bytes})",
    "server.backup_none": "{path}: not a backup of a Rempart server; nothing was restored",
    "server.bad": "WRONG",
    "server.begun": "there is a server already ({path}); nothing was changed",
    "server.both": "{name} is missing: give both, or neither",
    "server.ca_ended": "the CA {path} has expired: make a new one, and give it to all machines",
    "server.chain_broken": "the chain of documents in the backup is broken at link {number}; nothing was restored",
    "server.chain_other": (
        "the chain of documents in the backup has the head {head}, not {expected}; nothing was restored"
    ),
    "server.check_failure": "a failure of the proxy (status {status}) makes osqueryd send its results again",
    "server.check_failure_broken": "a failure of the proxy breaks the connection, and osqueryd sends its results again",
    "server.check_failure_lost": (
        'a failure of the proxy (status {status}) has an empty body, or JSON without "error": osqueryd takes it '
        'for success, and its results are lost; answer with a JSON body with "error" as docs/server.md shows'
    ),
    "server.check_long": (
        "Check how machines reach the server from here, through the proxies in front of it: certificate, TLS 1.2, "
        "a body of 16 MiB, and what a proxy answers when the server is down. Exit status: 0 all is well, 1 results"
        " would be lost or refused, 2 wrong usage, 3 the server cannot be reached."
    ),
    "server.check_no_proxy": (
        "how a proxy answers when the server is down: no failure of a proxy could be provoked; none seems to be in"
        " front of the server"
    ),
    "server.check_reached": "the server answers; it sees this machine as {address}",
    "server.check_size": "a body of 16 MiB arrives whole",
    "server.check_size_broken": (
        "a body of 16 MiB breaks the connection: osqueryd would send it again for ever; raise the proxy's limit as"
        " docs/server.md shows"
    ),
    "server.check_size_refused": (
        "a body of 16 MiB is refused (status {status}): osqueryd would send it again for ever; raise the proxy's "
        "limit as docs/server.md shows"
    ),
    "server.check_tls": "TLS 1.2 works; the certificate is trusted and valid for {days:more day|more days}",
    "server.check_tls_ends": "the certificate expires in {days:day|days}",
    "server.command": "let machines report by themselves, and show the fleet in a browser",
    "server.command_about": "Let machines report by themselves, and show the fleet in a browser.",
    "server.command_backup": "write all of a server to one file, while it works",
    "server.command_check": "check how machines reach the server, through proxies",
    "server.command_init": "create a server: CA, keys, settings, store",
    "server.command_migrate": "upgrade the store of an older version",
    "server.command_restore": "restore a backup, on another machine too",
    "server.command_run": "answer machines and browsers until stopped",
    "server.command_service": "print a systemd unit for the server",
    "server.duration": "{text} is not a duration: write 90s, 30m, 24h or 7d",
    "server.duration_bounds": "must be between {least} and {most}",
    "server.ended": "the server stopped: its workers could not go on (the lines above say why)",
    "server.extra": "`rempart server` needs packages that are missing ({names}): pip install 'rempart[server]'",
    "server.good": "ok",
    "server.heads": "Head of the documents: {head}\nHead of the log: {log_head}",
    "server.help_backup": "file of the backup",
    "server.help_ca": "CA that signed the server's certificate (default: the system's CAs)",
    "server.help_certificate": "certificate chain (PEM) instead of one from an own CA",
    "server.help_dir": "directory of the server (default: REMPART_SERVER_DIR, else /var/lib/rempart-server as root)",
    "server.help_head": "head that the chain of documents must have, as backup printed it",
    "server.help_key": "private key of --cert (PKCS #8, PEM)",
    "server.help_log_head": "head that the log must have, as backup printed it",
    "server.help_name": "host name by which machines and browsers reach the server",
    "server.help_restore_store": "restore the store here: postgresql:// URL or SQLite file (default: as before)",
    "server.help_store": "postgresql:// URL of the store (default: an SQLite file in the directory)",
    "server.help_url": "address of the server: https://HOST[:PORT]",
    "server.init_ca": "CA: {path}\nIts SHA-256 fingerprint: {fingerprint}",
    "server.init_key": "Key that signs documents and the log (`rempart verify --key`):\n{key}",
    "server.init_link": "One-time link of the account admin, valid for 24 hours:\n{link}",
    "server.init_long": (
        "Create a server in a directory: a CA, the server's certificate and keys, server.yaml, the store, and the "
        "one-time link of the account admin. Exit status: 0 created, 2 wrong usage, or there is a server already "
        "(nothing is changed), 3 the store or a key could not be created."
    ),
    "server.init_next": "Start it: rempart server run --dir {directory}",
    "server.log_broken": "the log in the backup is broken at event {number}; nothing was restored",
    "server.log_other": "the log in the backup has the head {head}, not {expected}; nothing was restored",
    "server.migrate_long": (
        "Upgrade the store of an older version to the layout of this one. Make a backup with the older version "
        "first. Exit status: 0 upgraded, or nothing to do; 2 there is no server; 3 the store cannot be upgraded."
    ),
    "server.migrated": "the store was upgraded from layout {before} to {layout}",
    "server.migrated_already": "the store has layout {layout} already; nothing was changed",
    "server.name": "{name} is not a host name",
    "server.network": "{text} is not an IP address or network",
    "server.no_certificate": "{path}: not a certificate in PEM format",
    "server.no_file": "there is no file {path}",
    "server.no_folder": "there is no directory {path}",
    "server.no_owner": "the owner of {directory} is not a user of this machine",
    "server.none": "there is no server in {directory}; `rempart server init` creates one",
    "server.not_installed": "the command rempart is not installed, so no unit can run it",
    "server.not_ours": "what answers there is not a Rempart server (status {status})",
    "server.older": (
        "the store is from an older version: run rempart server migrate (this version needs layout {layout})"
    ),
    "server.pair_apart": (
        "{key} is not the private key of {certificate} (the server's own certificate must come first in the file)"
    ),
    "server.pair_ended": "{certificate} is not valid today (it ends on {day})",
    "server.pair_unusable": (
        "{certificate} or {key}: not a certificate chain and a private key without passphrase in PEM format"
    ),
    "server.port": "cannot listen on {place}: {error}",
    "server.restore_long": (
        "Restore a backup into an empty directory and an empty store, on this machine or another one. The chains "
        "of documents and of the log are verified before anything is kept. Exit status: 0 restored, 1 the backup "
        "is damaged or has another head than --head or --log-head (nothing is restored), 2 wrong usage, 3 the "
        "store cannot be written."
    ),
    "server.restored": "Restored: {directory}, {count:signed document|signed documents}",
    "server.run_long": (
        "Answer machines and browsers until SIGTERM or Ctrl-C. Exit status: 0 stopped, 2 wrong settings, 3 the "
        "store or the port cannot be used."
    ),
    "server.service_long": (
        "Print a systemd unit that runs the server as the owner of its directory. Exit status: 0 printed, 2 wrong "
        "usage."
    ),
    "server.store": "not the URL of a PostgreSQL server (postgresql://…)",
    "server.store_used": "the store is not empty: give another one with --store; nothing was restored",
    "server.time": '{text} is not a time of day: write it as "01:00" (UTC)',
    "server.tls": "{place}: no TLS connection: {error} (--ca FILE names the CA of the server)",
    "server.tls_failed": "the certificate or key {path}: {error}",
    "server.tls_no_key": "{path}: not a certificate and private key of the server's CA in PEM format",
    "server.too_large": "{value} is too large (at most {most})",
    "server.unknown": "not checked",
    "server.unreachable": "{place}: {error}",
    "server.url": "give the address of the server as https://HOST[:PORT]",
    "server.workers": "more than one worker needs PostgreSQL as the store",
}
