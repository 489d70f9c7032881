"""Write the test reports of the sample records: `python -m tests.shop [ID …]`.

What is run, where, with which commit and when, is read from the records in `docs/hotfixes`: each report that a record names is
the report of one run of the shop's tests. Only how long a test took differs from one time to the next.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from mkdocs_hotfix import source

SHOP = Path(__file__).parent
RECORDS = SHOP.parents[1] / "docs" / "hotfixes"
SUITES = {file.stem for file in (SHOP / "checks").glob("*.py")}
BEFORE = timedelta(minutes=2)
"""How long before it was written down a run began."""


@dataclass(frozen=True)
class Run:
    """One run of the shop's tests, as a record tells of it."""

    hotfix: str
    kind: str
    report: str
    began: datetime
    environment: str
    version: str
    commit: str

    def write(self, folder: Path) -> bool:
        """Run the tests and let them write their report; tell whether all passed."""
        stem = PurePosixPath(self.report).stem
        chosen = [f"checks/{name}.py" for name in sorted(SUITES) if stem.endswith(f"-{name}")]
        chosen += ["-m", "smoke"] if self.kind == "smoke-test" else []
        chosen += ["--only-its-own"] if self.kind in ("fix-verification", "production-verification") else []
        file = folder / self.report
        file.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-c", "pytest.ini", "-q", *chosen),
                *("--hotfix", self.hotfix, "--began", self.began.isoformat(), "--commit", self.commit),
                *(("-p", "ctrf.main", "--ctrf") if file.suffix == ".json" else ("--junitxml",)),
                str(file.resolve()),
                *("-o", f"junit_suite_name={stem}"),
            ],
            cwd=SHOP,
            env=os.environ
            | {
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "SHOP_ENVIRONMENT": self.environment,
                "SHOP_VERSION": self.version,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode > 1 or not file.exists():  # 1: a test failed, and the report says which
            sys.exit(f"{self.report} could not be made:\n{done.stdout}{done.stderr}")
        return done.returncode == 0


def runs(records: Path = RECORDS) -> Iterator[Run]:
    """List the runs of which the records tell, in their order."""
    for file in sorted(records.glob("HF-*.md")):
        data = source.read(file).data or {}
        release = data.get("release", {})
        for kind, evidence in data.get("evidence", {}).items():
            named = evidence.get("report", [])
            for report in [named] if isinstance(named, str) else named:
                began = datetime.fromisoformat(evidence["at"]) - BEFORE
                yield Run(
                    *(data["id"], kind, report, began, evidence["environment"], release["version"], release["commit"])
                )


def main(ids: list[str]) -> None:
    """Write the reports of some records, or of all."""
    for run in runs():
        if not ids or run.hotfix in ids:
            passed = run.write(RECORDS)
            print(f"{run.report}: {'passed' if passed else 'failed'}")


if __name__ == "__main__":
    main(sys.argv[1:])
