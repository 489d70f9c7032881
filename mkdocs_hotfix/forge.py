"""Addresses of the repository's host: where it shows the history of a file."""

from __future__ import annotations

_HISTORY = (
    ("/-/edit/", "/-/commits/"),  # GitLab
    ("/-/blob/", "/-/commits/"),
    ("/_edit/", "/commits/branch/"),  # Gitea, Forgejo
    ("/src/branch/", "/commits/branch/"),
    ("/edit/", "/commits/"),  # GitHub
    ("/blob/", "/commits/"),
)


def history(repo_url: str, edit_url: str) -> str:
    """Tell where a host shows what became of a file.

    Args:
        repo_url: The address of the repository.
        edit_url: Where the host opens the file for editing.

    Returns:
        The address for GitHub, GitLab, Gitea and Forgejo; nothing where the host is another one.
    """
    base = repo_url.rstrip("/")
    if not base or not edit_url.startswith(f"{base}/"):
        return ""
    rest = edit_url[len(base) :]
    if rest.startswith("/edit/") and "gitlab" in base:
        return f"{base}/-/commits/{rest.removeprefix('/edit/')}"
    return next((f"{base}{new}{rest[len(old) :]}" for old, new in _HISTORY if rest.startswith(old)), "")
