"""Filters of Ansible for Windows hosts: what a change may do to the way in, decided on the controller.

They are pure, so that they are tried here, where no Windows is. What an endpoint says becomes SIDs and numbers, or
nothing.
"""

import re

from ansible.errors import AnsibleFilterError

_SID = re.compile(r"S-1-[0-9]+(-[0-9]+)+")
_NOT_BASIC = frozenset(["kerberos", "ntlm", "credssp", "certificate"])


def read_way(given):
    """Return how Ansible comes in: ``ports`` that are named, ``basic``, ``cleartext``.

    Args:
        given: The host's variables of its connection. What the plugins ``winrm`` and ``psrp`` of ansible-core 2.19 make
            of them is repeated here, with their defaults; of several for one option the last that is set wins.

    Returns:
        ``basic``: whether it may be Basic: true wherever it is not known to be something else. ``cleartext``: whether
        messages may travel unencrypted.
    """
    connection = str(given.get("ansible_connection") or "").rpartition(".")[2]
    if connection == "winrm":
        return _read_winrm(given)
    if connection == "psrp":
        return _read_psrp(given)
    if connection in ("ssh", "paramiko", "paramiko_ssh"):
        port = _port(given, "ansible_port", "ansible_ssh_port")
        return {"connection": connection, "ports": [port] if port else [], "basic": False, "cleartext": False}
    return {"connection": connection, "ports": [], "basic": True, "cleartext": True}


def _read_winrm(given):
    port = _port(given, "ansible_port", "ansible_winrm_port") or 5986
    scheme = given.get("ansible_winrm_scheme") or ("http" if port == 5985 else "https")
    user = str(given.get("ansible_winrm_user") or given.get("ansible_user") or "")
    names = given.get("ansible_winrm_transport")
    names = names.split(",") if isinstance(names, str) else list(names or [])
    names = [str(name).strip() for name in names if name]
    if not names:
        names = ["kerberos"] if "@" in user else ["ssl" if scheme == "https" else "plaintext"]
    if given.get("ansible_winrm_cert_pem") or given.get("ansible_winrm_cert_key_pem"):
        names = ["certificate" if name == "ssl" else name for name in names]  # pywinrm's transport.py
    basic = not set(names) <= _NOT_BASIC
    encryption = given.get("ansible_winrm_message_encryption") or "auto"
    clear = scheme != "https" and (basic or "certificate" in names or encryption == "never")
    return {"connection": "winrm", "ports": [port], "basic": basic, "cleartext": clear}


def _read_psrp(given):
    port = _port(given, "ansible_port", "ansible_psrp_port")
    protocol = given.get("ansible_psrp_protocol") or ("http" if port == 5985 else "https")
    auth = given.get("ansible_psrp_auth") or "negotiate"
    basic = auth not in _NOT_BASIC | {"negotiate"}
    encryption = given.get("ansible_psrp_message_encryption") or "auto"
    clear = protocol != "https" and (basic or auth == "certificate" or encryption == "never")
    ports = [port or (5986 if protocol == "https" else 5985)]
    return {"connection": "psrp", "ports": ports, "basic": basic, "cleartext": clear}


def _port(given, *names):
    port = None
    for name in names:
        value = given.get(name)
        if value is not None and value != "":
            text = str(value)
            if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
                raise AnsibleFilterError("%s is %r, which is no port" % (name, value))
            port = int(text)
    return port


def find_surplus(accounts, allowed):
    r"""Return the SIDs of administrators that nobody has listed.

    Args:
        accounts: What the endpoint says of its accounts.
        allowed: A bare name is a local account of that machine; one of a directory is ``DOMAIN\\name``; or a SID.

    A member that stays whatever the list says: the account that connects, the built-in one, a group, and a SID that no
    name is known for: its directory may only be out of reach.
    """
    _refuse_controller(accounts)
    machine = str(accounts["machine"]).lower()
    wanted = {str(one).lower() for one in allowed}
    surplus = []
    for member in accounts["members"]:
        sid, (domain, _, name) = _sid(member["sid"]), str(member["name"]).lower().rpartition("\\")
        if sid == accounts["me"] or member["kind"] != "user" or not name:
            continue
        if re.fullmatch(r"S-1-5-21-[0-9-]+-500", sid) and domain == machine:
            continue
        if sid.lower() in wanted or domain + "\\" + name in wanted or (domain == machine and name in wanted):
            continue
        surplus.append(sid)
    return surplus


def find_default_accounts(accounts):
    """Return the SIDs of the guest and the built-in administrator, where they are enabled and may go.

    Raises:
        AnsibleFilterError: The built-in administrator is the only one that is known.
    """
    _refuse_controller(accounts)
    members = {member["sid"] for member in accounts["members"]}
    found = []
    for user in accounts["users"]:
        sid, name = _sid(user["sid"]), user["name"]
        if not user["enabled"] or not re.fullmatch(r"S-1-5-21-[0-9-]+-50[01]", sid) or sid == accounts["me"]:
            continue
        if sid.endswith("-500"):
            if accounts["laps"] and accounts["laps_account"].lower() in ("", name.lower()):
                continue
            others = {one["sid"] for one in accounts["users"] if one["enabled"]} | {accounts["me"]}
            if not (others - {sid}) & members:
                raise AnsibleFilterError("the built-in administrator is the only one: make another first")
        found.append(sid)
    return found


def make_acts(targets, kind, wanted):
    """Return one act for each target."""
    return [{"kind": kind, "target": target, "wanted": wanted} for target in targets]


def is_filtered(accounts):
    """Tell whether User Account Control would take the rights of the account that connects, once it is on.

    A local account that comes over the network is filtered, the built-in one aside; one of a directory is not
    (https://learn.microsoft.com/windows/win32/wmisdk/user-account-control-and-wmi).
    """
    (own,) = [user for user in accounts["users"] if user["sid"] == accounts["me"]] or [None]
    if own is None or accounts["remote_filter_off"]:
        return False
    return not own["sid"].endswith("-500") or accounts["filter_builtin"]


def is_too_old(accounts, days):
    """Tell whether a longest age of passwords would refuse the account that connects at once."""
    _refuse_controller(accounts)
    return any(user["sid"] == accounts["me"] and user["ages"] and user["days"] >= days for user in accounts["users"])


def _refuse_controller(accounts):
    if accounts["controller"]:
        raise AnsibleFilterError("a domain controller has no accounts of its own: those of the domain are for people")


def _sid(text):
    if not _SID.fullmatch(str(text)):
        raise AnsibleFilterError("%r is no SID" % text)
    return str(text)


class FilterModule:
    """What Ansible loads."""

    def filters(self):
        """Return the filters by name."""
        return {
            "rempart_windows_acts": make_acts,
            "rempart_windows_default_accounts": find_default_accounts,
            "rempart_windows_filtered": is_filtered,
            "rempart_windows_surplus": find_surplus,
            "rempart_windows_too_old": is_too_old,
            "rempart_windows_way": read_way,
        }
