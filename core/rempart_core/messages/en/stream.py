"""Texts of the area stream: connections to another process, and who may stand behind one."""

TEXTS = {
    "stream.busy": "{path}: busy until the deadline",
    "stream.closed": "the other side closed the connection",
    "stream.deadline": "the deadline was reached",
    "stream.ended": "it ended",
    "stream.exit_status": "exit status {status}",
    "stream.folder_owner": "{path}: {folder} belongs to user {user}, who could put another one there",
    "stream.folder_write": "{path}: others can write {folder}, and so put another one there",
    "stream.listener": "{path}: user {user} listens there, who is neither root nor this user",
    "stream.no_look": "{path}: this user may not look at it",
    "stream.no_socket": "{path}: no socket",
    "stream.not_permitted": "{path}: this user may not use it",
    "stream.others_write": "{path}: others can write it (mode {mode})",
    "stream.owner": "{path}: belongs to user {user}, who is neither root nor this user",
    "stream.path_long": "{path}: longer than the {most} bytes that a socket's path may have",
    "stream.pipe_closed": "the pipe is closed",
    "stream.pipe_owner": "{path}: belongs to {owner}, who is neither the system, an administrator nor this user",
    "stream.takes_no_more": "the other side takes no more data",
    "stream.unknown_owner": "an unknown owner",
    "stream.windows": "named pipes are for Windows",
}
