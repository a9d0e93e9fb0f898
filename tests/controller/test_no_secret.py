"""Secrets lie where audits look; none comes out, in any format, of either language."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.planted import COMMANDS, TEXTS, secret_of
from rempart_testing.tree import everything_wrong

from rempart_controller.commands.main import main


def _plant(root: Path) -> None:
    """Put every form where a check reads: jobs, units, rules, options, settings, addresses."""
    whole = [*COMMANDS, *(text.replace("\n", " ") for text in TEXTS)]
    jobs = "".join(f"* * * * * root {text.replace('%', '')}\n" for text in whole)
    files = {
        "etc/crontab": jobs,
        "etc/cron.d/planted": jobs,
        "etc/apt/sources.list.d/planted.list": "deb http://bob:hunter2@host/debian trixie main\n",
        "etc/sudoers.d/planted": "bob ALL=(ALL) NOPASSWD: /usr/bin/mysql -u root -phunter2\n",
        "etc/rsyslog.d/planted.conf": 'action(type="omhttp" server="host" uid="bob" pwd="hunter2")\n',
        "etc/profile.d/planted.sh": "\n".join(f"export {text}" for text in TEXTS) + "\n",
        "etc/pam.d/planted": "auth sufficient pam_mysql.so user=bob passwd=hunter2 host=h\n",
        "etc/nslcd.conf": "bindpw hunter2\n",
        "etc/samba/smb.conf": "[global]\n password server = hunter2\n ldap admin dn = cn=a password=hunter2\n",
        "etc/redis/redis.conf": "requirepass hunter2\nbind 0.0.0.0\n",
        "etc/my.cnf": "[client]\npassword=hunter2\n[mysqld]\nbind-address=0.0.0.0\n",
        "etc/exports": "/srv *(rw,sec=sys,password=hunter2)\n",
        "etc/default/ssh": "SSHD_OPTS='-o Port=22 --password=hunter2'\n",
        "etc/ssh/sshd_config.d/planted.conf": "ForceCommand app --password hunter2\n",
        "etc/audit/plugins.d/planted.conf": "args = --password hunter2\n",
    }  # fmt: skip
    for number, text in enumerate(whole):
        files[f"etc/systemd/system/planted{number}.service"] = (
            f"[Service]\nExecStart=/usr/bin/{text}\nEnvironment={text}\n[Install]\nWantedBy=multi-user.target\n"
        )
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.is_file() and name.endswith(".conf") else "") + text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_report_holds_a_planted_secret(tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    root.mkdir()
    everything_wrong(root, running=False)
    _plant(root)
    files = ["junit.xml", "page.html", "run.json", "all.csv", "all.jsonl", "summary.md"]
    options = ["--junit", "--html", "--json", "--csv", "--jsonl", "--markdown"]
    out.mkdir()
    wanted = [word for option, name in zip(options, files, strict=True) for word in (option, str(out / name))]
    main(["audit", "--root", str(root), "--profile", "all", "--lang", language, "--verbose", *wanted])
    said = capsys.readouterr()
    texts = {name: (out / name).read_text() for name in files} | {"terminal": said.out, "errors": said.err}
    assert "planted" in "".join(texts.values()), "the checks looked where the secrets are"
    for name, text in texts.items():
        for form in (*COMMANDS, *TEXTS):
            assert secret_of(form) not in text, f"{name}: {form}"
