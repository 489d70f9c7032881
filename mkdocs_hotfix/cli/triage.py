"""`hotfix triage`: the policy's questions, the answers, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mkdocs_hotfix.cli.asking import one_of_these, pair
from mkdocs_hotfix.cli.bench import Bench, at_option, by_option, changes_a_record, replace_option
from mkdocs_hotfix.findings import visible

if TYPE_CHECKING:
    from mkdocs_hotfix.policy import Question


@click.command()
@changes_a_record
@click.option("--yes", "yes", metavar="QUESTION=WHY", multiple=True, help="This question is answered with yes.")
@click.option("--no", "no", metavar="QUESTION=WHY", multiple=True, help="This question is answered with no.")
@click.option(
    "--harm", metavar="[QUESTION=]NAME", multiple=True, help="A harm, of the first question or the one named."
)
@click.option("--percent", metavar="QUESTION=NUMBER", multiple=True, help="The share of users that an answer rests on.")
@click.option(
    "--decision", type=click.Choice(["hotfix", "defer"]), help="What is decided.  [default: as the answers say]"
)
@click.option("--exception", metavar="WHY", help="Why it is fixed now although the answers say that it can wait.")
@click.option("--allowed-by", metavar="WHO", help="Who allowed the exception.")
@click.option("--role", metavar="NAME", help="In which role.  [default: the one that the policy gives them]")
@by_option
@at_option
@replace_option
def triage(
    record: str,
    yes: tuple[str, ...],
    no: tuple[str, ...],
    harm: tuple[str, ...],
    percent: tuple[str, ...],
    decision: str | None,
    exception: str | None,
    allowed_by: str | None,
    role: str | None,
    by: str | None,
    at: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
) -> int:
    """Answer the policy's questions, and decide.

    What is not given is asked, on a terminal. `hotfix rule missing-answer` tells
    what an answer needs, the page "Triage" of the handbook what each question
    means. What is decided against the answers is an exception, and somebody of
    the role that the policy names has to allow it.

    \b
    Examples:
      hotfix triage HF-2026-0019
      hotfix triage HF-2026-0019 --yes significant="310 failed orders an hour" \\
        --yes majority="64 % of orders" --no workaround="No other card offered" \\
        --harm financial-loss --by checkout-oncall
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    bench.free("triage", replace=replace)
    policy = bench.policy
    names = {one.id: one.ask for one in policy.questions.values()}
    given: dict[str, tuple[bool, str]] = {}
    for texts, answer, option in ((yes, True, "--yes"), (no, False, "--no")):
        for text in texts:
            question, why = pair(text, option)
            question = one_of_these(question, names, option)
            if question in given:
                raise click.UsageError(f"“{visible(names[question])}” is answered twice.")
            given[question] = answer, why
    harms = _of_questions(bench, harm, "--harm")
    shares = _of_questions(bench, percent, "--percent")
    answers = {}
    for one in policy.questions.values():
        made = _answer(bench, one, given.get(one.id))
        if made:
            if harms.get(one.id):
                made["harms"] = [one_of_these(name, policy.harms, "--harm") for name in harms[one.id]]
            if shares.get(one.id):
                made["percent"] = _number(shares[one.id][-1])
            answers[one.id] = made
    who = bench.who(by)
    bench.questions.done()
    verdict = policy.verdict({key: one["answer"] for key, one in answers.items()}) or "defer"
    decided = decision or ("hotfix" if exception else verdict)
    made = {"at": bench.when(at), "by": who, "answers": answers, "decision": decided}
    if decided == "hotfix" and verdict == "defer":
        made["exception"] = _exception(bench, exception, allowed_by, role, str(made["at"]))
        bench.questions.done()
    from mkdocs_hotfix.filing import DEFERRED, status_with  # noqa: PLC0415 - `--help` starts without it

    status = (
        "" if decided == "hotfix" and bench.sheet.status == DEFERRED else bench.sheet.status
    )  # it is taken up again
    said = f"triaged, the answers say {verdict}" + (f", decided: {decided}" if decided != verdict else "")
    return bench.finish(bench.put(("triage",), made), said, status=status_with(policy, "triage", status))


def _answer(bench: Bench, question: Question, given: tuple[bool, str] | None) -> dict[str, Any]:
    if given:
        return {"answer": given[0], "because": given[1]}
    ask = bench.questions
    if not ask.asks:
        ask.text(None, f"--yes or --no {question.id}=WHY", "")
        return {}
    if question.hint:
        click.echo(visible(f"  {question.hint}"), err=True)
    answer = ask.yes(visible(question.ask))
    return {"answer": answer, "because": ask.text(None, "", "Because (numbers and their source)")}


def _of_questions(bench: Bench, texts: tuple[str, ...], option: str) -> Mapping[str, list[str]]:
    """Sort `QUESTION=NAME` by question; a name alone belongs to the first one."""
    names = {one.id: one.ask for one in bench.policy.questions.values()}
    found: dict[str, list[str]] = {}
    for text in texts:
        question, value = pair(text, option) if "=" in text else (next(iter(names)), text.strip())
        found.setdefault(one_of_these(question, names, option), []).append(value)
    return found


def _number(text: str) -> float:
    try:
        number = float(text.rstrip(" %"))
    except ValueError:
        raise click.UsageError(f"--percent: `{visible(text)}` is no number.") from None
    return int(number) if number == int(number) else number


def _exception(bench: Bench, why: str | None, by: str | None, role: str | None, at: str) -> dict[str, str]:
    ask = bench.questions
    if bench.policy.exception_roles is None:
        raise click.UsageError(
            "The answers say that it can wait, and the policy allows no exception: --decision defer."
        )
    if ask.asks and not why:
        click.echo("The answers say that it can wait. A fix all the same is an exception.", err=True)
    because = ask.text(why, "--exception", "Why can it not wait")
    person = ask.text(by, "--allowed-by", "Who allowed it")
    return {"because": because, "by": person, "role": role_of(bench, person, role, "--role"), "at": at}


def role_of(bench: Bench, person: str, given: str | None, option: str) -> str:
    """Tell in which role somebody signs: as given, else the one that the policy gives them."""
    roles = bench.policy.approver_roles
    if given is None:
        found = [role for role, people in roles.items() if person in people]
        if len(found) == 1:
            return found[0]
        if person and not found:
            raise click.UsageError(
                f"`{visible(person)}` has none of the roles that count: "
                + visible("; ".join(f"{role} ({', '.join(people)})" for role, people in roles.items()))
                + f". Ask one of them, or add the person to `approvals.roles` in {visible(bench.policy.file)}, in a change of its own."
            )
    return bench.questions.choice(
        given, option, "In which role", {role: ", ".join(people) for role, people in roles.items()}
    )
