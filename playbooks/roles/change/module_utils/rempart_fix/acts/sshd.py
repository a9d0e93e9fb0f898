"""Options of sshd: what a spec comes to are files and lines, so that is what is done and undone.

Spec: ``sshd: {PermitRootLogin: "no", …}``: the options, in the words of sshd_config(5).
"""

from typing import Any, List, Mapping

from ..contract import Act, Refusal
from ..resolve import sshd
from ..sight import Sight
from . import file as files
from . import line as lines


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    try:
        values = sshd.check_options(spec["values"])
    except sshd.Mistake as error:
        raise Refusal(f"sshd: {error} can't be set so", f"sshd\u00a0: impossible de fixer {error} ainsi") from None
    main = sight.read(sshd.MAIN)
    if main is None:
        raise Refusal(f"there is no {sshd.MAIN}", f"{sshd.MAIN} n’existe pas")
    version = sshd.read_version(sight.run(["ssh", "-V"], 20)[1])
    if version == (0, 0):
        raise Refusal("the version of OpenSSH is not known", "la version d’OpenSSH est inconnue")
    text = main.decode("utf-8", "surrogateescape")
    wanted = sshd.plan(spec["check"], values, text, sight.names(sshd.FOLDER), version)
    common = {"validate": "sshd"}
    if wanted.drop_in is None:
        return lines.resolve_by(
            sshd.put_on_top, dict(common, path=sshd.MAIN, check=spec["check"], values=values), sight
        )
    path, content = wanted.drop_in
    dress = {"mode": "0600", "owner": "root", "group": "root"}
    acts = files.resolve(dict(common, **dress, path=path, content=content), sight)
    if wanted.include:
        acts += lines.resolve_by(sshd.add_include, dict(common, path=sshd.MAIN), sight)
    return acts
