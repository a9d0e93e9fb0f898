"""What is said of the documents that installed agents deliver."""

TEXTS = {
    "delivery.age": "the agent's newest document is {span} old",
    "delivery.days": "{days} d {hours} h",
    "delivery.dropped": "{count} earlier documents were dropped before anybody took them: the spool was full",
    "delivery.future": "it is dated {time}, in the future: the machine's clock is wrong",
    "delivery.hours": "{hours} h {minutes} min",
    "delivery.minutes": "{minutes} min",
    "delivery.none": "no document waits there",
    "delivery.not_believed": "its agent's last document is not trusted: {why}",
    "delivery.old": "its newest document is older than its document {number}, which was taken before: it was replayed",
    "delivery.other_checks": (
        "the agent (Rempart {version}, profile {profile}) judges by other checks or values than this controller "
        "would: the playbook install_agent.yml brings it up to date"
    ),
    "delivery.other_key": "it is signed with another key ({key})",
    "delivery.other_machine": "it is of another machine",
    "delivery.refused": "a document is refused: {error}",
    "delivery.refused_one": "document {number} is refused: {why}",
    "delivery.replayed": "its number is not above that of the last one that was stored: it was replayed",
    "delivery.silent": "its agent says nothing: {why}",
}
