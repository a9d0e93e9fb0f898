"""Certificates of every form, for those who tell what is in one: configurations of ``openssl req -x509``."""

from __future__ import annotations

WHOLE = """[req]
distinguished_name=dn
prompt=no
x509_extensions=v3
[dn]
O=Some One
OU=Ünit
CN=host.example.org
[v3]
basicConstraints=critical,CA:TRUE,pathlen:1
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always
keyUsage=digitalSignature,keyCertSign,cRLSign
extendedKeyUsage=serverAuth,clientAuth,1.2.3.4
certificatePolicies=1.2.3.4,@policy
subjectAltName=DNS:host.example.org,IP:127.0.0.1,IP:::1,email:a@example.org,URI:http://x/,dirName:dir,otherName:1.2.3;UTF8:x
issuerAltName=DNS:issuer.example.org
authorityInfoAccess=OCSP;URI:http://ocsp.example.org,caIssuers;URI:http://ca.example.org/c
subjectInfoAccess=1.3.6.1.5.5.7.48.5;URI:http://repository/
nameConstraints=permitted;DNS:.example.org,excluded;IP:10.0.0.0/255.0.0.0
policyConstraints=requireExplicitPolicy:3
policyMappings=1.2.3:1.2.4
[policy]
policyIdentifier=1.3.5.8
CPS.1=http://cps.example.org/
userNotice.1=@notice
[notice]
explicitText=Notice
organization=Org
noticeNumbers=1,2
[dir]
C=UK
O=My Org
"""
BARE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/", "-set_serial", "-5", "-days", "2")
EDWARDS = ("-newkey", "ed25519", "-subj", "/CN=" + "x" * 60, "-days", "2")
KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "whole": (("-newkey", "rsa:2048", "-days", "30"), WHOLE),
    "bare": (BARE, ""),
    "edwards": (EDWARDS, ""),
}
"""Name of each to options and configuration."""
