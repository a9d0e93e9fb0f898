"""The flagfile with which a stock osqueryd enrols and is audited, and where its files go on each platform.

Source: osquery's documentation, "Remote settings" and "Command line flags"; the usual places are its packages'.
"""

from typing import NamedTuple

PLATFORMS = ("linux", "darwin", "windows")


class Places(NamedTuple):
    """Where files go on a platform.

    Attributes:
        flags: The flagfile.
        authority: The certificate that the server's is checked against.
        secret: The enrolment secret.
        restart: How osqueryd is started anew.
    """

    flags: str
    authority: str
    secret: str
    restart: str


_PLACES = {
    "linux": Places(
        "/etc/osquery/osquery.flags",
        "/etc/osquery/rempart-ca.pem",
        "/etc/osquery/rempart-enroll-secret",
        "systemctl restart osqueryd",
    ),
    "darwin": Places(
        "/var/osquery/osquery.flags",
        "/var/osquery/rempart-ca.pem",
        "/var/osquery/rempart-enroll-secret",
        "launchctl kickstart -k system/io.osquery.agent",
    ),
    "windows": Places(
        "C:\\Program Files\\osquery\\osquery.flags",
        "C:\\Program Files\\osquery\\certs\\rempart-ca.pem",
        "C:\\Program Files\\osquery\\rempart-enroll-secret",
        "Restart-Service osqueryd",
    ),
}


def places(platform: str) -> Places:
    """Return where files go: ``linux``, ``darwin`` or ``windows``."""
    return _PLACES[platform]


def flagfile(platform: str, host: str, interval: int) -> str:
    """Return the flags, one on a line.

    Args:
        platform: ``linux``, ``darwin`` or ``windows``.
        host: Name and port of the server.
        interval: Seconds between two polls, until the server says another number.
    """
    at = places(platform)
    flags = {
        "tls_hostname": host,
        "tls_server_certs": at.authority,
        "host_identifier": "instance",  # unlike the uuid, clones of an image do not share it
        "enroll_secret_path": at.secret,
        "enroll_tls_endpoint": "/api/osquery/enroll",
        "config_plugin": "tls",
        "config_tls_endpoint": "/api/osquery/config",
        "config_refresh": "3600",  # each is a TLS connection
        "disable_distributed": "false",
        "distributed_plugin": "tls",
        "distributed_interval": str(interval),
        "distributed_tls_max_attempts": "3",
        "distributed_tls_read_endpoint": "/api/osquery/distributed/read",
        "distributed_tls_write_endpoint": "/api/osquery/distributed/write",
        "logger_plugin": "tls",
        "logger_tls_endpoint": "/api/osquery/log",
        "logger_tls_period": "600",
        "tls_disable_status_log": "true",
    }
    return "".join(f"--{name}={value}\n" for name, value in flags.items())
