"""A machine of a cloud: 169.254.169.254 answers, in a network namespace of its own, to osquery and to us.

Run by itself (``python -m rempart_testing.cloud_world FOLDER`` within ``unshare -n -m``) it sets up the namespace, asks
both engines each statement of its standard input, and prints their rows as JSON. What the services tell are the
examples of the clouds' manuals.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rempart_testing.web_server import Asked, Reply, make_pair, web_server

IDENTITY = {
    "accountId": "123456789012",
    "architecture": "x86_64",
    "availabilityZone": "us-east-1d",
    "imageId": "ami-5fb8c835",
    "instanceId": "i-1234567890abcdef0",
    "instanceType": "t2.micro",
    "kernelId": None,
    "privateIp": "10.158.112.84",
    "region": "us-east-1",
    "version": "2017-09-30",
}
KEYS = {"Code": "Success", "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "Token": "session"}
KEYS_OF = {**KEYS, "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z", "Expiration": "2036-01-01T00:00:00Z"}
EC2 = {
    "dynamic/instance-identity/document": json.dumps(IDENTITY),
    "meta-data/iam/info": json.dumps({"Code": "Success", "InstanceProfileArn": "arn:aws:iam::123:instance-profile/x"}),
    "meta-data/iam/security-credentials": "role",
    "meta-data/iam/security-credentials/": "role",
    "meta-data/iam/security-credentials/role": json.dumps(KEYS_OF),
    "meta-data/placement/availability-zone": "us-east-1d",
    "meta-data/mac": "02:29:96:8f:6a:2d\n",
    "meta-data/local-hostname": "ip-10-158-112-84.us-west-2.compute.internal",
    "meta-data/public-keys/0/openssh-key": "ssh-rsa AAAA my-key\n",
    "meta-data/reservation-id": "r-fea54097",
    "meta-data/security-groups": "default",
}
AZURE = {
    "location": "westus",
    "name": "avset2",
    "offer": "UbuntuServer",
    "osType": "Linux",
    "placementGroupId": "",
    "platformFaultDomain": "1",
    "platformUpdateDomain": "1",
    "publisher": "Canonical",
    "resourceGroupName": "myrg",
    "sku": "16.04-LTS",
    "subscriptionId": "xxxxxxxx-xxxxx-xxx-xxx-xxxx",
    "tags": "owner:me;url:http://x;;bare;empty:",
    "version": "16.04.201708030",
    "vmId": "13f56399-bd52-4150-9748-7190aae1ff21",
    "vmScaleSetName": 7,
    "vmSize": "Standard_D1",
}
YANDEX = {
    "id": "fhm1",
    "name": "vm",
    "hostname": "vm.ru-central1.internal",
    "description": "a machine",
    "zone": "projects/b1g/zones/ru-central1-a",
    "vendor": {"folderId": "b1g", "cloudId": "b1c"},
    "attributes": {"ssh-keys": "alice:ssh-rsa AAAA", "serial-port-enable": "1"},
}
TAGS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<DescribeTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
    b"<requestId>7a62c49f</requestId><tagSet><item><resourceId>i-1234567890abcdef0</resourceId>"
    b"<resourceType>instance</resourceType><key>stack</key><value>Production &amp; more</value></item>"
    b"<item><resourceId>i-1234567890abcdef0</resourceId><resourceType>instance</resourceType><key>empty</key><value/>"
    b"</item></tagSet></DescribeTagsResponse>"
)
HOST = "ec2.us-east-1.amazonaws.com"


def answer(asked: Asked, token: str = "session-token") -> Reply:  # noqa: S107 - one that a test may leave out
    """Answer as the metadata services do; without a ``token`` EC2 gives none (version 1)."""
    headers = {name.lower(): value for name, value in asked.headers.items()}
    if asked.path == "/latest/api/token":
        good = asked.method == "PUT" and headers.get("x-aws-ec2-metadata-token-ttl-seconds")
        return Reply(body=token.encode()) if good and token else Reply(404)
    if asked.path.startswith("/latest/"):
        if headers.get("x-aws-ec2-metadata-token", "") != token:
            return Reply(401)
        told = EC2.get(asked.path.removeprefix("/latest/"))
        return Reply(404) if told is None else Reply(body=told.encode())
    if asked.path == "/metadata/instance/compute?api-version=2018-02-01":
        return Reply(body=json.dumps(AZURE).encode()) if headers.get("metadata") == "true" else Reply(400)
    if asked.path.startswith("/computeMetadata/v1/instance/?"):
        return Reply(body=json.dumps(YANDEX).encode()) if headers.get("metadata-flavor") == "Google" else Reply(403)
    return Reply(404)


def ask_both(statements: list[str], folder: Path) -> list[list[list[dict[str, Any]]]]:
    """Return the rows of osquery and ours for each statement, asked in such a machine; it takes root.

    Args:
        statements: The statements.
        folder: Where files are put.
    """
    command = ["unshare", "-n", "-m", sys.executable, "-m", "rempart_testing.cloud_world", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), environment.get("PYTHONPATH", "")])
    done = subprocess.run(
        command, input=json.dumps(statements), capture_output=True, text=True, check=False, timeout=300, env=environment
    )
    assert done.returncode == 0, done.stderr
    told: list[list[list[dict[str, Any]]]] = json.loads(done.stdout)
    return told


def main(folder: Path) -> None:
    """Set up the machine and ask."""
    from rempart_agent.targets.live import LiveTarget
    from rempart_testing.real_osquery import ask, embedded

    for command in (["ip", "link", "set", "lo", "up"], ["ip", "addr", "add", "169.254.169.254/32", "dev", "lo"]):
        subprocess.run(command, check=True)
    (folder / "log").mkdir()
    (folder / "log/waagent.log").touch()
    (folder / "hosts").write_text(f"127.0.0.1 localhost {HOST}\n", encoding="utf-8")
    for here, there in (("log", "/var/log"), ("hosts", "/etc/hosts")):
        subprocess.run(["mount", "--bind", folder / here, there], check=True)
    pair = make_pair(
        folder, "-newkey", "rsa:2048", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2"
    )
    os.environ["SSL_CERT_FILE"] = str(folder / "own.pem")
    options = (f"--tls_server_certs={folder / 'own.pem'}",)
    statements: list[str] = json.load(sys.stdin)
    with (
        web_server(answer, ("169.254.169.254", 80)),
        web_server(lambda _: Reply(body=TAGS, headers=(("Content-Type", "text/xml"),)), ("127.0.0.1", 443), pair),
    ):
        target = LiveTarget()
        print(json.dumps([[ask(sql, options=options), embedded(target, sql)] for sql in statements]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
