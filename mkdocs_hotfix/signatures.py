"""Sigstore bundles beside reports, verified offline: the trusted root is a file that the policy names.

Needs the extra `sigstore`. Its own verifier decides: certificate, transparency log, signature. What is added here is who may
sign, and that whatever a bundle holds ends in a sentence.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs_hotfix.findings import SetupError, shorten
from mkdocs_hotfix.paths import display, open_regular
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.wording import not_json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

ENDING = ".sigstore.json"
MAX_BYTES = 1 << 20
_STATEMENT = "application/vnd.in-toto+json"
_ANOTHER = "what was signed is another file, or it was edited since"
_REPAIR = "Sign the report again, and file the bundle that the tool writes."


class SignatureError(Exception):
    """A signature that does not count.

    Attributes:
        reason: Why, one sentence without a full stop.
        advice: What to do, one sentence.
    """

    def __init__(self, reason: str, advice: str = _REPAIR) -> None:
        super().__init__(reason)
        self.reason, self.advice = reason, advice


@dataclass
class _Trusted:
    """Says yes to a certificate of one of the trusted signers, and remembers which."""

    identities: tuple[tuple[str, str], ...]
    signer: str = ""
    strangers: list[str] = field(default_factory=list)

    def verify(self, cert: Certificate) -> None:
        from sigstore.errors import VerificationError  # noqa: PLC0415 - an extra
        from sigstore.verify.policy import Identity  # noqa: PLC0415

        for identity, issuer in self.identities:
            try:
                Identity(identity=identity, issuer=issuer).verify(cert)
            except VerificationError:
                continue
            self.signer = identity
            return
        self.strangers = _names(cert)
        raise VerificationError("the signer is not one whom the policy trusts")


class Signatures:
    """Verifies bundles against the trusted root of a policy."""

    def __init__(self, policy: Policy) -> None:
        """Read the trusted root.

        Raises:
            SetupError: The extra is not installed, or the file is no trusted root.
        """
        assert policy.sigstore is not None, "asked for only where the policy names signers"  # noqa: S101
        where = policy.place("sigstore", "trust_root")
        try:
            from sigstore.models import TrustedRoot  # noqa: PLC0415 - an extra, and slow to start
            from sigstore.verify import Verifier  # noqa: PLC0415
        except ImportError:
            raise SetupError(
                f"{policy.place('sigstore')} signatures are verified with an extra that is not installed. "
                "Install it: `pip install 'mkdocs-hotfix[sigstore]'`."
            ) from None
        self._identities = policy.sigstore.identities
        file = policy.sigstore.trust_root
        raw = policy.taken.files.get(file) if policy.taken else _bytes(file)
        if raw is None:
            raise SetupError(f"{where} the trusted root {display(file)} can not be read. Put the file there.")
        try:
            json.loads(raw)
            # The library reads from a file only; the bytes may be those of a revision, or the file another one by now.
            with tempfile.NamedTemporaryFile() as copy:
                copy.write(raw)
                copy.flush()
                self._verifier = Verifier(trusted_root=TrustedRoot.from_file(copy.name))
        except Exception as error:  # noqa: BLE001 - a file decides what the library stumbles over
            raise SetupError(
                f"{where} {display(file)} is no trusted root of Sigstore ({_said(error)}). "
                "Get yours: `cosign trusted-root create`, or `trusted_root.json` of your Sigstore."
            ) from None

    def verify(self, bundle: Path, sha256: str, most: int = MAX_BYTES) -> str:
        """Verify that a trusted signer signed a file.

        Args:
            bundle: The bundle: a signature of the file itself, or an in-toto statement about it in a DSSE envelope.
            sha256: The digest of the file's bytes as they were read, lower-case hex.
            most: How many bytes the bundle may have.

        Returns:
            Who signed, as the policy names them.

        Raises:
            SignatureError: Nobody who counts did, or it can not be told.
        """
        from sigstore.hashes import Hashed  # noqa: PLC0415 - an extra
        from sigstore.models import Bundle  # noqa: PLC0415
        from sigstore_models.common.v1 import HashAlgorithm  # noqa: PLC0415

        raw = _bytes(bundle)
        if raw is None:
            raise SignatureError(f"its bundle can not be read, or is larger than {MAX_BYTES >> 20} MiB")
        if len(raw) > most:
            raise SignatureError(
                f"its bundle is left unread: those of one record have at most {MAX_BYTES >> 20} MiB together",
                "File the bundles as the signing tool writes them: they have some kilobytes.",
            )
        trusted = _Trusted(self._identities)
        try:
            read, found = json.loads(raw), Bundle.from_json(raw)
        except Exception as error:
            raise SignatureError("what lies beside it is no Sigstore bundle") from error
        try:
            if "dsseEnvelope" in read:
                kind, payload = self._verifier.verify_dsse(found, trusted)
                _about(kind, payload, sha256)
            else:
                if _digest(read) not in (None, sha256):
                    raise SignatureError(_ANOTHER)
                digest = Hashed(algorithm=HashAlgorithm.SHA2_256, digest=bytes.fromhex(sha256))
                self._verifier.verify_artifact(digest, found, trusted)
        except SignatureError:
            raise
        except Exception as error:
            if trusted.strangers:
                names = " or ".join(shorten(one, 100) for one in trusted.strangers[:3])
                raise SignatureError(
                    f"it is signed by {names}, whom the policy does not trust",
                    "Let somebody sign whom the policy names under `sigstore.identities`.",
                ) from error
            # Whatever a bundle made the library stumble over: it is not verified.
            raise SignatureError(f"its bundle is not verified: {_said(error)}") from error
        if not trusted.signer:  # pragma: no cover - the library asks before it says yes
            raise SignatureError("its bundle is not verified: nobody was asked who may sign")
        return trusted.signer


def size_of(bundle: Path) -> int:
    """Return how many bytes a bundle has; none where it is gone."""
    try:
        return bundle.stat().st_size
    except OSError:
        return 0


def _about(kind: str, payload: bytes, sha256: str) -> None:
    """See that a statement is about a file: that it is the file, or names its digest as a subject."""
    if hashlib.sha256(payload).hexdigest() == sha256:
        return
    subjects: Any = None
    if kind == _STATEMENT:
        read = json.loads(payload)
        subjects = read.get("subject") if isinstance(read, dict) else None
    for subject in subjects if isinstance(subjects, list) else ():
        digest = subject.get("digest") if isinstance(subject, dict) else None
        if isinstance(digest, dict) and digest.get("sha256") == sha256:
            return
    raise SignatureError(_ANOTHER)


def _digest(bundle: Any) -> str | None:
    """Return the digest that a bundle gives for what was signed, if it gives one. Only for a clearer sentence."""
    try:
        return base64.b64decode(bundle["messageSignature"]["messageDigest"]["digest"]).hex()
    except (KeyError, TypeError, ValueError):
        return None


def _names(cert: Certificate) -> list[str]:
    from cryptography import x509  # noqa: PLC0415 - comes with the extra

    try:
        names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ["nobody"]
    kinds = (x509.RFC822Name, x509.UniformResourceIdentifier)
    return [str(name) for kind in kinds for name in names.get_values_for_type(kind)] or ["nobody"]


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        reason, line = not_json(error)
        return f"{reason}, line {line}"
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return shorten(first.rstrip("."), 160)


def _bytes(file: Path) -> bytes | None:
    try:
        opened = open_regular(file)
        if opened is None:
            return None
        with opened[0] as stream:
            return stream.read() if opened[1] <= MAX_BYTES else None
    except OSError:
        return None
