"""Writes content files: texts of several lines as blocks, all others in quotes, so that no reader takes them wrong."""

from collections.abc import Mapping

import yaml

from rempart_core.json_value import JsonObject

_WORDS = frozenset({"on", "off", "yes", "no", "y", "n", "true", "false", "null"})


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        """Write a value out where it stands again: content files hold no aliases."""
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else '"')


def _represent_entries(dumper: yaml.SafeDumper, content: Mapping[str, object]) -> yaml.MappingNode:
    pairs = []
    for key, value in content.items():
        style = '"' if key in _WORDS else None
        pairs.append((dumper.represent_scalar("tag:yaml.org,2002:str", key, style=style), dumper.represent_data(value)))
    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=False)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(dict, _represent_entries)


def write_yaml(content: JsonObject) -> str:
    """Return the text of a content file.

    Args:
        content: In the order of the file.
    """
    text: str = yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    return text
