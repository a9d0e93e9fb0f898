"""Columns that osquery's tables have on other systems: answered on Linux too, empty, and not in ``SELECT *``.

Source: the specifications of osquery 5.23 (``specs/*.table``, ``extended_schema``).
"""

from typing import Dict, Tuple

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column

_NAMES: Dict[str, Tuple[Tuple[str, str], ...]] = {
    "certificates": ((TEXT, "sid store store_id store_location username"),),
    "disk_encryption": ((TEXT, "filevault_status uid user_uuid"),),
    "file": (
        (
            TEXT,
            (
                "attributes bsd_flags file_id file_version original_filename product_version "
                "shortcut_comment shortcut_run shortcut_start_in shortcut_target_location "
                "shortcut_target_path shortcut_target_type volume_serial"
            ),
        ),
    ),
    "groups": (
        (INTEGER, "is_hidden"),
        (TEXT, "comment group_sid"),
    ),
    "interface_addresses": ((TEXT, "friendly_name"),),
    "interface_details": (
        (INTEGER, "dhcp_enabled enabled physical_adapter speed"),
        (
            TEXT,
            (
                "connection_id connection_status description dhcp_lease_expires dhcp_lease_obtained "
                "dhcp_server dns_domain dns_domain_suffix_search_order dns_host_name "
                "dns_server_search_order friendly_name manufacturer service"
            ),
        ),
    ),
    "logged_in_users": ((TEXT, "registry_hive sid"),),
    "os_version": (
        (BIGINT, "install_date"),
        (INTEGER, "revision"),
        (TEXT, "extra"),
    ),
    "processes": (
        (BIGINT, "elapsed_time handle_count percent_processor_time upid uppid"),
        (INTEGER, "cpu_subtype cpu_type elevated_token secure_process translated virtual_process"),
        (TEXT, "protection_type"),
    ),
    "secureboot": (
        (INTEGER, "kernel_extensions mdm_operations secure_mode"),
        (TEXT, "description"),
    ),
    "system_controls": ((TEXT, "field_name"),),
    "system_info": ((TEXT, "emulated_cpu_type"),),
    "time": ((BIGINT, "win_timestamp"),),
    "users": (
        (INTEGER, "is_hidden"),
        (TEXT, "type"),
    ),
}


def columns(table: str) -> Tuple[Column, ...]:
    """Return the columns that a table of osquery has on other systems alone; hidden, and never filled."""
    return tuple(Column(name, kind, hidden=True) for kind, names in _NAMES.get(table, ()) for name in names.split())
