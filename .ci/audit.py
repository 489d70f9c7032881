"""Ask whether a known hole is in what is installed here: `make audit`. It needs pip-audit, and what PyPI knows of holes.

Usage: python .ci/audit.py PYTHON, where PYTHON is that of the environment to be looked at.

pip-audit ends with 0 although it could look nothing up, so its answer is read package by package.
Exit codes: 0 all of them were looked up, and no hole is known · 1 a hole is known · 3 some could not be looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys

OWN = "mkdocs-hotfix"


def judge(said: str) -> tuple[int, list[str]]:
    """Read the JSON that pip-audit has written.

    Returns:
        The exit code, and the lines to be told.
    """
    try:
        packages = [one for one in json.loads(said)["dependencies"] if one["name"] != OWN]
    except (ValueError, KeyError, TypeError):
        return 3, ["Not audited: pip-audit has looked nothing up."]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in packages
        for hole in one.get("vulns", ())
    ]
    unknown = [one["name"] for one in packages if "vulns" not in one]
    lines = [*holes]
    if unknown or not packages:
        some = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")  # noqa: PLR2004 - as many as are named
        lines.append(f"Not audited: {len(unknown)} of {len(packages)} packages could not be looked up ({some}).")
    if not lines:
        lines.append(f"Audited: {len(packages)} packages, no known hole.")
    return 1 if holes else 3 if unknown or not packages else 0, lines


def main(python: str) -> int:
    """Run pip-audit on an environment, and tell what it knows."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    options = ["--path", folder, "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        print("Not audited: nothing came back in ten minutes.")
        return 3
    code, lines = judge(done.stdout)
    if not done.stdout.strip():
        lines += done.stderr.strip().splitlines()[-1:]
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
