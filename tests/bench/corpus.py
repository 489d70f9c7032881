"""A handbook of realistic records, the same at every run: what the benchmark measures against.

Each record has 60 to 120 lines of front matter, a text of some paragraphs and a test runner's report of its own. All pass
the gate of the built-in policy at `AS_OF`: a record with a finding costs more, and is rare where the gate is in use.

Without reports the policy asks for none: the same file, with `report: required` taken out.
"""

from __future__ import annotations

import json
import random
import re
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

AS_OF = "2026-10-01T12:00:00Z"
FEWEST, MOST = 60, 120

_NOW = datetime.fromisoformat(AS_OF)
EPOCH = int(_NOW.timestamp())
_SEED = 20261001
_CHAIN = 3
_SERVICES = {
    "checkout": ("checkout-api", "vault-client", "cart-store", "payment-adapter"),
    "accounts": ("login-service", "session-store", "mailer", "profile-api"),
    "catalogue": ("search-index", "price-feed", "image-proxy", "category-tree"),
    "shipping": ("label-printer", "carrier-gateway", "address-check", "parcel-tracker"),
    "invoices": ("ledger", "pdf-renderer", "tax-table", "archive"),
}
_WHAT = ("The last step", "Saving an address", "The list of orders", "A voucher", "Signing in", "The price", "A refund")
_HOW = ("fails with an error", "shows old values", "takes over a minute", "is done twice", "ends on an empty page")
_WHO = ("for saved cards", "for customers abroad", "in the app", "with two vouchers", "after a password change")
_CAUSES = (
    "The release renamed a field of the client, and one caller still sent the old name.",
    "A cache kept values across the change of the tax table, since its key did not name the version.",
    "The retry of the queue did not carry the key that makes a second delivery harmless.",
    "An index was left out of the migration; the query that needs it runs only with two vouchers.",
)
_SCOPES = ("pay with a saved card", "change an address", "refund an order", "sign in twice", "print a label", "search")
_ROLES = {"release-manager": ["release-manager"], "service-owner": ["checkout-lead", "accounts-lead"]}
_STATUSES = {"closed": 70, "deployed": 10, "rolled-back": 6, "verified": 6, "fixing": 4, "deferred": 4}
_BEFORE_PRODUCTION = ("verified", "fixing", "deferred")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]*(?::[A-Za-z0-9 ./_-]+)*\.?|https://[A-Za-z0-9./_-]+")
_AMBIGUOUS = re.compile(r"[0-9.-]+|true|false|null|.*: .*", re.DOTALL)


def write(docs: Path, number: int, *, reports: bool = True) -> None:
    """Write a docs folder with so many records, their reports, and a page that begins."""
    chance = random.Random(_SEED)
    folder = docs / "hotfixes"
    folder.mkdir(parents=True)
    (docs / "index.md").write_text("# Handbook\n\nRecords of a shop that does not exist.\n", "utf-8")
    if not reports:
        policy = files("mkdocs_hotfix").joinpath("policy.yml").read_text("utf-8")
        (docs / "policy.yml").write_text(re.sub(r"\n +report: required.*", "", policy), "utf-8")
    chain: list[dict[str, Any]] = []
    for index in range(number):
        record = _record(chance, index, number, chain)
        for evidence in record.get("evidence", {}).values() if not reports else ():
            evidence.pop("report", None)
        head = f"---\n{_block(record)}---\n"
        lines = head.count("\n") - 2
        assert FEWEST <= lines <= MOST, f"{record['id']}: {lines} lines"
        (folder / f"{record['id']}.md").write_text(head + _narrative(chance, record), "utf-8", newline="\n")
        for kind, evidence in record.get("evidence", {}).items():
            if "report" in evidence:
                (folder / record["id"]).mkdir(exist_ok=True)
                (folder / evidence["report"]).write_text(_report(chance, record["id"], kind, evidence["at"]), "utf-8")


def front_matter(file: Path) -> str:
    """Return what stands between the two lines of dashes."""
    return file.read_text("utf-8").split("---\n", 2)[1]


def _record(chance: random.Random, index: int, number: int, chain: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one record; `chain` holds the earlier ones on the same base."""
    (status,) = chance.choices(list(_STATUSES), list(_STATUSES.values()))
    if len(chain) >= chance.randint(1, _CHAIN):
        chain.clear()  # a new official release
    service = chance.choice(list(_SERVICES))
    parts = chance.sample(_SERVICES[service], 3)
    # Hotfixes that are under way have been reported in the last hours, or else their time would be up.
    started = (
        _NOW - timedelta(hours=6 + chance.random() * 12)
        if status in ("verified", "fixing")
        else _NOW - timedelta(days=30 + (number - index) * 0.6, minutes=chance.randint(0, 600))
    )
    clock = _clock(started, chance)
    # A package that is about to go out would have to carry all that is in production on its base.
    alone = not chain or status in ("verified", "fixing")
    base = f"{4 + index // 400}.{index % 400}.0" if alone else chain[0]["release"]["base"]
    title = f"{chance.choice(_WHAT)} {chance.choice(_HOW)} {chance.choice(_WHO)}"
    decision = "defer" if status == "deferred" else "hotfix"
    record: dict[str, Any] = {
        "id": f"HF-{2024 + index // 500}-{index % 500 + 1:04}",
        "title": title,
        "summary": f"{title}. {chance.randint(40, 900)} customers saw it before the alarm; support had {chance.randint(3, 80)} calls. "
        f"Everything else in {service} worked, and no data was lost.",
        "status": status,
        "severity": "major" if status in ("verified", "fixing") else chance.choice(["critical", "major"]),
        "service": service,
        "reported": {"at": next(clock), "by": "support-lead", "url": f"https://tickets.example.com/{10_000 + index}"},
        "triage": _triage(chance, next(clock), decision),
        "links": [
            {"title": f"Ticket {10_000 + index}", "url": f"https://tickets.example.com/{10_000 + index}"},
        ],
    }
    if status in ("deferred", "fixing"):
        record["links"] += [
            {"title": f"{what} of {part}", "url": f"https://plans.example.com/{part}/{what.lower()}/{index}"}
            for part in parts
            for what in ("Plan", "Owner", "Risk")
        ]
    if status == "deferred":
        record["work"] = {"owner": f"{service}-oncall", "sprint": "2026-09", "hours": chance.randint(1, 4)}
        record["extra"] = _extra(chance, parts)
        return record
    record["work"] = {
        "owner": f"{service}-oncall",
        "sprint": f"{2025 + index // 900}-{index % 26 + 1:02}",
        "hours": chance.choice([6, 9.5, 14, 22]),
    }
    record["release"] = _release(chance, record["id"], base, status, chain)
    record["evidence"] = _evidence(chance, record["id"], clock, status, parts)
    if status in _BEFORE_PRODUCTION:
        record["extra"] = _extra(chance, parts)
        return record
    by = chance.choice([(person, role) for role, people in _ROLES.items() for person in people])
    record["approvals"] = [{"by": by[0], "role": by[1], "at": record["evidence"].pop("approved")}]
    record["deployed"] = {
        "at": record["evidence"].pop("deployed"),
        "by": f"{service}-oncall",
    }
    if status == "rolled-back":
        record["rollback"] = {
            "at": next(clock),
            "by": "release-manager",
            "because": f"After the deployment {parts[1]} answered every tenth request with an error.",
        }
        record["extra"] = _extra(chance, parts)
    else:
        chain.append(record)
    if status == "closed":
        record["review"] = _review(chance, next(clock), parts)
    return record


def _clock(at: datetime, chance: random.Random) -> Any:
    """Yield the times of a hotfix, each some minutes after the one before."""
    while True:
        yield at.strftime("%Y-%m-%dT%H:%M:%SZ")
        at += timedelta(minutes=chance.randint(6, 15), seconds=chance.randint(0, 59))


def _triage(chance: random.Random, at: str, decision: str) -> dict[str, Any]:
    share, lost = chance.randint(55, 95), chance.randint(20, 400)
    answers = {
        "significant": {
            "answer": True,
            "because": f"{lost} orders an hour end with an error.",
            "harms": chance.sample(["financial-loss", "liability", "feature-disabled"], 2),
        },
        "majority": {"answer": True, "because": f"{share} % of all orders of today take this way.", "percent": share},
        "workaround": {"answer": False, "because": "The page offers no other way, and support can not do it either."},
    }
    if decision == "defer":
        answers["majority"] = {
            "answer": False,
            "because": f"{100 - share} % of all orders take this way.",
            "percent": 100 - share,
        }
    return {"at": at, "by": "checkout-oncall", "answers": answers, "decision": decision}


def _release(chance: random.Random, name: str, base: str, status: str, chain: list[dict[str, Any]]) -> dict[str, Any]:
    version = f"{base.removesuffix('.0')}.{name[-4:].lstrip('0')}"
    release: dict[str, Any] = {
        "base": base,
        "version": version,
        "includes": [one["id"] for one in chain] if status not in _BEFORE_PRODUCTION else [],
        "branch": f"hotfix/{version}",
        "commit": f"{chance.getrandbits(160):040x}",
        "pull_request": f"https://git.example.com/shop/pull/{chance.randint(1000, 9999)}",
        "rollback": f"Redeploy {base}. The migration adds a column only, so the older package runs with it.",
    }
    if status == "closed":
        release["merge_back"] = [
            {"branch": "main", "url": f"https://git.example.com/shop/pull/{chance.randint(1000, 9999)}"},
            {"branch": f"release/{base}", "commit": f"{chance.getrandbits(160):040x}"},
        ]
    return {key: value for key, value in release.items() if value != []}


def _evidence(chance: random.Random, name: str, clock: Any, status: str, parts: list[str]) -> dict[str, Any]:
    def test(environment: str, **more: Any) -> dict[str, Any]:
        return {"result": "passed", "at": next(clock), "by": "test-lead", "environment": environment, **more}

    made: dict[str, Any] = {
        "impact-analysis": {
            "at": next(clock),
            "by": "checkout-oncall",
            "summary": f"The fix changes {parts[0]}; {parts[1]} calls it and was read as well.",
            "affected": parts,
            "test_scope": chance.sample(_SCOPES, chance.randint(2, 4)),
        }
    }
    if status == "fixing":
        return made
    made["fix-verification"] = test("staging", summary=f"The steps of the ticket no longer fail against {parts[0]}.")
    made["regression-test"] = test("staging", report=f"{name}/regression-test.xml")
    if status == "verified":
        return made
    made["approved"], made["deployed"] = next(clock), next(clock)
    if status == "rolled-back":
        return made
    made["production-verification"] = test("production", url=f"https://graphs.example.com/d/{parts[0]}/errors")
    made["smoke-test"] = test("production", report=f"{name}/smoke-test.xml")
    made["communication"] = {
        "at": next(clock),
        "by": "release-manager",
        "audience": ["support", "sales"],
        "issues_found": f"None in the first hour; {parts[2]} is watched until tomorrow.",
    }
    return made


def _review(chance: random.Random, at: str, parts: list[str]) -> dict[str, Any]:
    return {
        "at": at,
        "root_cause": chance.choice(_CAUSES),
        "escaped_because": f"The tests of {parts[0]} use a stand-in for {parts[1]} that still knows the old name.",
        "actions": [
            {
                "summary": f"Test {parts[0]} against the real {parts[1]}",
                "url": f"https://tickets.example.com/{chance.randint(20_000, 30_000)}",
            },
            {"summary": f"Alarm on errors of {parts[2]}", "due": "2027-03-01"},
        ][: chance.randint(1, 2)],
    }


def _extra(chance: random.Random, parts: list[str]) -> dict[str, Any]:
    return {
        **{f"instances_{part.replace('-', '_')}": chance.randint(2, 40) for part in parts},
        "cost_centre": f"CC-{chance.randint(100, 999)}",
        "alarm": f"{parts[0]} errors above 2 percent",
        "acknowledged_after": chance.randint(20, 400),
        "customer_told": chance.random() < 0.5,
    }


def _block(value: Any, depth: int = 0) -> str:
    """Write YAML as people do: a field a line, lists below their name, long text folded."""
    pad = "  " * depth
    if isinstance(value, dict):
        return "".join(f"{pad}{key}:{_after(item, depth)}" for key, item in value.items())
    out = ""
    for item in value:
        if isinstance(item, dict):
            out += f"{pad}- {_block(item, depth + 1).lstrip()}"
        else:
            out += f"{pad}- {_scalar(item)}\n"
    return out


def _after(value: Any, depth: int) -> str:
    if isinstance(value, dict | list):
        return "\n" + _block(value, depth + 1)
    if isinstance(value, str) and len(value) > 100:
        words, lines = value.split(), [""]
        for word in words:
            if len(lines[-1]) + len(word) > 90:
                lines.append("")
            lines[-1] += f" {word}" if lines[-1] else word
        return " >-\n" + "".join(f"{'  ' * (depth + 1)}{line}\n" for line in lines)
    return f" {_scalar(value)}\n"


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and not _AMBIGUOUS.fullmatch(value)
    return value if plain or re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", value) else json.dumps(value, ensure_ascii=False)


def _narrative(chance: random.Random, record: dict[str, Any]) -> str:
    scopes = "".join(f"- {scope}, on a phone and on a desk\n" for scope in chance.sample(_SCOPES, 3))
    return f"""
{record["title"]}. The alarm came {chance.randint(2, 30)} minutes after the release, and the first calls soon after it.
The [dashboard](https://graphs.example.com/d/{record["service"]}/overview) shows both.

## What we saw

`{record["service"]}` answered with *500* where a customer came from the cart. The log said:

```text
{record["reported"]["at"]} ERROR {record["service"]}: field "token" is missing in request {chance.getrandbits(64):016x}
{record["reported"]["at"]} WARN  {record["service"]}: retry 3 of 3
```

## What we did

{chance.choice(_CAUSES)} We **read the change** of the last release, and tried again:

{scopes}
Nothing else was changed. The next release carries the same fix.
"""


def _report(chance: random.Random, name: str, kind: str, at: str) -> str:
    number = chance.randint(8, 30)
    cases = "".join(
        f'    <testcase classname="shop.{kind}.{chance.choice(_SCOPES).replace(" ", "_")}" name="case {index} of {name}" time="{chance.random():.3f}"/>\n'
        for index in range(number)
    )
    started = (datetime.fromisoformat(at) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite name="{kind}" tests="{number}" failures="0" '
        f'errors="0" skipped="0" timestamp="{started}">\n{cases}  </testsuite>\n</testsuites>\n'
    )
