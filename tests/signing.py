"""A Sigstore of our own for tests: certificate authority, transparency logs and a signer, as real as the verifier is.

The public one needs the network and a person who logs in. This one issues what that one would: a certificate with an
embedded proof that it was logged, an entry in a log of one, its promise and its signed checkpoint.

`python tests/signing.py` writes the files of `tests/cases/unsigned-report` anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

ISSUER = "https://login.example.com"
SIGNER = "test-lead@example.com"
AT = datetime(2026, 4, 14, 2, 42, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
_SCTS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_OIDC_ISSUER = ObjectIdentifier("1.3.6.1.4.1.57264.1.1")

Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def spki(key: Key) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Key) -> bytes:
    return hashlib.sha256(spki(key)).digest()


def sign(key: Key, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass
class Sigstore:
    """What the operators of a Sigstore keep secret, and what they publish."""

    authority: Key = field(default_factory=new_key)
    certificates: Key = field(default_factory=new_key)
    entries: Key = field(default_factory=new_key)
    origin: str = "log.example.com"

    def __post_init__(self) -> None:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sigstore.example.com")])
        public = self.authority.public_key()
        usage = dict.fromkeys(
            (
                "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
                "encipher_only decipher_only"
            ).split(),
            False,
        )
        self.root = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public)
            .serial_number(1)
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.authority, hashes.SHA256())
        )

    def trusted_root(self) -> dict[str, Any]:
        """Return what users are given to trust."""

        def log(key: Key) -> dict[str, Any]:
            return {
                "baseUrl": f"https://{self.origin}",
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": b64(spki(key)),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": {"start": "2026-01-01T00:00:00Z"},
                },
                "logId": {"keyId": b64(key_id(key))},
            }

        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self.entries)],
            "certificateAuthorities": [
                {
                    "subject": {"organization": "example.com", "commonName": "sigstore.example.com"},
                    "uri": "https://sigstore.example.com",
                    "certChain": {
                        "certificates": [{"rawBytes": b64(self.root.public_bytes(serialization.Encoding.DER))}]
                    },
                    "validFor": {"start": "2026-01-01T00:00:00Z"},
                }
            ],
            "ctlogs": [log(self.certificates)],
        }

    def certificate(
        self, key: Key, signer: str = SIGNER, issuer: str = ISSUER, at: datetime = AT, *, logged: bool = True
    ) -> x509.Certificate:
        """Certify for ten minutes that a key belongs to a signer, and log that."""
        usage = dict.fromkeys(
            (
                "content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
                "encipher_only decipher_only"
            ).split(),
            False,
        )
        name: x509.GeneralName = x509.RFC822Name(signer) if "@" in signer else x509.UniformResourceIdentifier(signer)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.root.subject)
            .public_key(key.public_key())
            .serial_number(2)
            .not_valid_before(at - timedelta(minutes=1))
            .not_valid_after(at + timedelta(minutes=9))
            .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.authority.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName([name]), critical=True)
            .add_extension(x509.UnrecognizedExtension(_OIDC_ISSUER, issuer.encode()), critical=False)
        )
        if not logged:
            return builder.sign(self.authority, hashes.SHA256())
        # RFC 6962: the log signs the certificate as it is without this proof.
        before = builder.sign(self.authority, hashes.SHA256()).tbs_certificate_bytes
        millis = int(at.timestamp() * 1000)
        entry = key_id(self.authority) + len(before).to_bytes(3, "big") + before
        signature = sign(self.certificates, struct.pack("!BBQH", 0, 0, millis, 1) + entry + b"\0\0")
        sct = (
            struct.pack("!B32sQH", 0, key_id(self.certificates), millis, 0)
            + bytes([4, 3])
            + struct.pack("!H", len(signature))
            + signature
        )
        listed = struct.pack("!HH", len(sct) + 2, len(sct)) + sct
        der = b"\x04" + (bytes([len(listed)]) if len(listed) < 128 else bytes([0x81, len(listed)])) + listed
        return builder.add_extension(x509.UnrecognizedExtension(_SCTS, der), critical=False).sign(
            self.authority, hashes.SHA256()
        )

    def entry(self, body: Any, kind: str, at: datetime = AT) -> dict[str, Any]:
        """Put a signature into the log, and prove that it is there."""
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        root = hashlib.sha256(b"\0" + canonical).digest()
        note = f"{self.origin} - 1\n1\n{b64(root)}\n"
        signed = b64(key_id(self.entries)[:4] + sign(self.entries, note.encode()))
        seconds = int(at.timestamp())
        promise = {
            "body": b64(canonical),
            "integratedTime": seconds,
            "logID": key_id(self.entries).hex(),
            "logIndex": 0,
        }
        promised = sign(self.entries, json.dumps(promise, sort_keys=True, separators=(",", ":")).encode())
        return {
            "logIndex": "0",
            "logId": {"keyId": b64(key_id(self.entries))},
            "kindVersion": {"kind": kind, "version": "0.0.1"},
            "integratedTime": str(seconds),
            "inclusionPromise": {"signedEntryTimestamp": b64(promised)},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": b64(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\u2014 {self.origin} {signed}\n"},
            },
            "canonicalizedBody": b64(canonical),
        }

    def bundle(self, certificate: x509.Certificate, entry: dict[str, Any], **content: Any) -> dict[str, Any]:
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": b64(certificate.public_bytes(serialization.Encoding.DER))},
                "tlogEntries": [entry],
            },
            **content,
        }

    def sign_file(
        self, data: bytes, signer: str = SIGNER, issuer: str = ISSUER, at: datetime = AT, *, logged: bool = True
    ) -> dict[str, Any]:
        """Sign a file as `cosign sign-blob` does."""
        key = new_key()
        certificate = self.certificate(key, signer, issuer, at, logged=logged)
        signature, digest = sign(key, data), hashlib.sha256(data)
        body = {
            "apiVersion": "0.0.1",
            "kind": "hashedrekord",
            "spec": {
                "data": {"hash": {"algorithm": "sha256", "value": digest.hexdigest()}},
                "signature": {
                    "content": b64(signature),
                    "publicKey": {"content": b64(certificate.public_bytes(serialization.Encoding.PEM))},
                },
            },
        }
        return self.bundle(
            certificate,
            self.entry(body, "hashedrekord", at),
            messageSignature={
                "messageDigest": {"algorithm": "SHA2_256", "digest": b64(digest.digest())},
                "signature": b64(signature),
            },
        )

    def attest(self, statement: bytes, signer: str = SIGNER, issuer: str = ISSUER, at: datetime = AT) -> dict[str, Any]:
        """Sign a statement about a file in an envelope, as GitHub's attestations do."""
        key, kind = new_key(), "application/vnd.in-toto+json"
        certificate = self.certificate(key, signer, issuer, at)
        signature = sign(key, b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(statement), statement))
        envelope = {"payload": b64(statement), "payloadType": kind, "signatures": [{"sig": b64(signature)}]}
        whole = hashlib.sha256(json.dumps(envelope).encode()).hexdigest()
        body = {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": whole},
                "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(statement).hexdigest()},
                "signatures": [
                    {
                        "signature": b64(signature),
                        "verifier": b64(certificate.public_bytes(serialization.Encoding.PEM)),
                    }
                ],
            },
        }
        return self.bundle(certificate, self.entry(body, "dsse", at), dsseEnvelope=envelope)


def main() -> None:
    """Sign the reports of the cases."""
    case, ours = Path(__file__).parent / "cases/unsigned-report", Sigstore()
    for side in ("bad", "good"):
        (case / side / "trusted_root.json").write_text(json.dumps(ours.trusted_root(), indent=1) + "\n", "utf-8")
        for report in sorted((case / side).glob("HF-*/*.xml")):
            data, bundle = report.read_bytes(), report.with_name(f"{report.name}.sigstore.json")
            if side == "good":
                made = ours.sign_file(data)
            elif report.parent.name == "HF-2026-0001":
                bundle.unlink(missing_ok=True)  # nobody signed it
                continue
            elif report.parent.name == "HF-2026-0002":
                made = ours.sign_file(data, signer="somebody@example.com")
            elif report.parent.name == "HF-2026-0003":
                made = ours.sign_file(data + b"\n")
            else:
                made = {"signature": "test-lead"}
            bundle.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
