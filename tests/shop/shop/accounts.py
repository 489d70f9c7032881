"""Log-in, sessions, and passwords that are reset."""

import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

DOMAIN = "shop.example.com"


@dataclass
class Accounts:
    """People, their passwords and who is logged in."""

    passwords: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def sign_up(self, name: str, password: str) -> None:
        self.passwords[name] = password

    def log_in(self, name: str, password: str) -> str | None:
        if self.passwords.get(name) != password:
            return None
        session = f"session-{len(self.sessions) + 1}"
        self.sessions[session] = name
        return session

    def log_out(self, session: str) -> None:
        self.sessions.pop(session, None)

    def ask_for_reset(self, name: str) -> str:
        token = hashlib.sha256(f"{name} {len(self.tokens)}".encode()).hexdigest()[:12]
        self.tokens[token] = name
        return token

    def reset(self, name: str, token: str, password: str) -> bool:
        """Set a new password, for the account that asked, once. Whoever is logged in has to log in anew."""
        if self.tokens.get(token) != name:
            return False
        del self.tokens[token]
        self.passwords[name] = password
        self.sessions = {session: owner for session, owner in self.sessions.items() if owner != name}
        return True


def cookie(address: str, session: str) -> str:
    """Make the cookie of a session: for the shop, whatever proxy the answer passes through."""
    host = urlsplit(address).hostname or ""
    domain = DOMAIN if host == DOMAIN or host.endswith((f".{DOMAIN}", ".internal")) else host
    return f"session={session}; Domain={domain}; Secure; HttpOnly"


def after_single_sign_on(address: str, host: str = DOMAIN) -> str:
    """Say where somebody lands who comes back from single sign-on: in the shop, or at the log-in page again."""
    return "/account" if f"Domain={host};" in cookie(address, "new") else "/log-in"
