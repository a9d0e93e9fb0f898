"""Packages to install, and what is done and undone with them."""

from __future__ import annotations

from rempart_fix.acts import package
from rempart_fix.contract import Act, Undone
from rempart_fix.sight import Sight
from rempart_testing.acts_tree import Tree, build_package, index_packages

BLIND_SCRIPT = "#!/bin/sh\nif [ $1 = purge ]; then find /var/lib/script/ -name x -delete 2>/dev/null || :; fi\n"
BAD_SCRIPT = "#!/bin/sh\necho no >&2\nexit 1\n"


def register_files(name: str) -> dict[str, str]:
    """Return the files of a package whose script makes settings by ucf, as unattended-upgrades does (its postinst)."""
    ours, theirs = f"/usr/share/{name}/one", f"/etc/{name}.conf"
    made = f"#!/bin/sh\nset -e\nucf --three-way --debconf-ok {ours} {theirs}\nucfr {name} {theirs}\n"
    purge = f"rm -f {theirs}; ucf --purge {theirs}; ucfr --purge {name} {theirs}"
    gone = f"#!/bin/sh\nif [ $1 = purge ]; then {purge}; fi\n"
    return {ours[1:]: "a = 1\n", "DEBIAN/postinst": made, "DEBIAN/postrm": gone}


def sum_files(name: str) -> dict[str, str]:
    """Return the files of a package whose script writes into ucf's list by itself, as clamav-freshclam does.

    Its postinst (``add_to_ucf``, ``ucf_upgrade_check``) registers nothing, and its postrm takes the file alone.
    """
    made, sums = f"/etc/{name}.d/made", "/var/lib/ucf/hashfile"
    add = f"grep -q {made} {sums} || {{ md5sum {made} >> {sums}; cp {made} /var/lib/ucf/cache/:etc:{name}.d:made; }}"
    postinst = f"#!/bin/sh\nset -e\nmkdir -p /etc/{name}.d /var/lib/ucf/cache\necho a > {made}\n{add}\n"
    postrm = f"#!/bin/sh\nif [ $1 = purge ]; then rm -f {made}; rmdir /etc/{name}.d || true; fi\n"
    return {"DEBIAN/postinst": postinst, "DEBIAN/postrm": postrm}


def do_packages(tree: Tree, *names: str, **spec: object) -> list[Act]:
    """Install packages by the acts of a spec."""
    acts = package.resolve({"name": list(names), **spec}, Sight(tree.place))
    return [package.do(act, tree.place) for act in acts]


def undo_package(tree: Tree, act: Act) -> Undone:
    """Undo an act, first as a dry run that must say the same."""
    planned = package.undo(act, tree.place, force=False, dry=True)
    tree.place.gone.clear()
    tree.place.pretended.clear()  # what the dry run took for done is not
    done = package.undo(act, tree.place, force=False, dry=False)
    assert planned == done  # what a dry run says is what happens
    return done


def prepare_packages(made: Tree) -> None:
    """Build the packages that tests install, in a repository of the tree, and install two."""
    own = made.path("/srv/own")
    own.mkdir()
    build_package(own, "libx", files={"usr/share/libx/one": "x\n"})
    build_package(own, "aud", Depends="libx", Recommends="extra", files={"usr/share/aud/one": "a\n"})
    build_package(own, "extra")
    build_package(own, "other", Depends="libx")
    build_package(own, "rival", Conflicts="victim")
    build_package(own, "victim")
    build_package(own, "newer", Depends="old (>= 2)")
    build_package(own, "old", "1")
    build_package(own, "old", "2")
    build_package(own, "fails", Depends="libx", files={"DEBIAN/postinst": BAD_SCRIPT})
    build_package(own, "stuck", files={"DEBIAN/postinst": BAD_SCRIPT, "DEBIAN/prerm": BAD_SCRIPT})
    build_package(own, "torn", Depends="libx", files={"DEBIAN/preinst": "#!/bin/sh\nkill -9 $PPID\n"})
    conf = {"etc/conf.conf": "a = 1\n", "DEBIAN/conffiles": "/etc/conf.conf\n"}
    build_package(own, "conf", files=conf)
    script = {"etc/script.conf": "a = 1\n", "DEBIAN/conffiles": "/etc/script.conf\n", "DEBIAN/postrm": BLIND_SCRIPT}
    build_package(own, "script", files=script)
    for name in ("uset", "udata"):
        build_package(own, name, files=register_files(name))
    build_package(own, "usum", files=sum_files("usum"))
    index_packages(made)
    made.run("apt-get -y -q install victim old=1")
