"""Texts of the area registers_sample: what an invented organisation says."""

TEXTS = {
    "registers_sample.action": "close the open share of the print server",
    "registers_sample.contract_room": "report in the safe, folder 7",
    "registers_sample.data": "voice, name, customer number",
    "registers_sample.evidence": "Invented evidence of {name}: this file stands for a signed sheet.",
    "registers_sample.hosting": "hosting of the CRM",
    "registers_sample.invented": "Invented sample: nothing here is a fact.",
    "registers_sample.name": "Invented Call Centre",
    "registers_sample.purpose": "calls of customers, recorded for quality",
    "registers_sample.retention": "recordings 6 months, analyses 1 year",
    "registers_sample.subject": "recording of calls",
    "registers_sample.treatment": "second factor at the identity provider",
    "registers_sample.watch": "nothing that concerns us",
}
