"""REC: the file, its YAML and its shape. The reader and the schema find the problems; here is what they mean."""

from __future__ import annotations

from mkdocs_hotfix.rule import told_by_reader

unreadable_front_matter = told_by_reader(
    "REC101",
    "unreadable-front-matter",
    """
    The file can not be read as a record.

    Every `*.md` file in the records folder is a record, except the folder's own `index.md` (or `README.md`). It
    starts with front matter: YAML between two lines `---`, in UTF-8. MkDocs itself passes over broken front matter
    without a word and prints it as text; the gate does not.

    Aliases (`*x`), anchors (`&x`), tags (`!x`), directives, further documents, tabs, control characters, very deep
    nesting and very large files are refused: no record needs them, and they are how a parser is attacked. So is what one
    reader of YAML takes for an error and the next one does not, or reads otherwise: a line inside quotes or brackets that is
    indented no further than its field, a comment that touches what stands before it.

    Wrong:

    ```yaml
    title: Fix: checkout fails for saved cards
    ```

    Right:

    ```yaml
    title: "Fix: checkout fails for saved cards"
    ```
    """,
)

duplicate_key = told_by_reader(
    "REC102",
    "duplicate-key",
    """
    A field stands in the record twice.

    Most YAML readers keep the last one and say nothing, so that a reader of the file and a reader of the page see
    different facts.

    Wrong:

    ```yaml
    severity: major
    severity: critical
    ```

    Right:

    ```yaml
    severity: critical
    ```
    """,
)

unknown_field = told_by_reader(
    "REC103",
    "unknown-field",
    """
    A field has a name that no record has.

    Mostly it is misspelt or stands one level too high or too low. A field that nobody knows is a fact that no rule
    checks and no page shows. Fields of your own go under `extra`.

    Wrong:

    ```yaml
    sevrity: critical
    ```

    Right:

    ```yaml
    severity: critical
    ```
    """,
)

missing_field = told_by_reader(
    "REC104",
    "missing-field",
    """
    A field is missing that makes no sense without it.

    Every record has `id`, `title` and `status`, and whatever happened has a time (`at`) and somebody who did it
    (`by`). What a *status* asks for besides is told by [missing-requirement](#missing-requirement) and
    [missing-evidence](#missing-evidence).

    Wrong:

    ```yaml
    reported: {at: 2026-04-14T01:04:00Z}
    ```

    Right:

    ```yaml
    reported: {at: 2026-04-14T01:04:00Z, by: support-lead}
    ```
    """,
)

wrong_type = told_by_reader(
    "REC105",
    "wrong-type",
    """
    A field holds another kind of thing than it should: text for a list, a list for text, nothing at all.

    Only `true` and `false` are yes and no; `yes`, `no` and `True` are text.

    Wrong:

    ```yaml
    work: {owner: checkout-oncall, sprint: "2026-08", hours: about 14}
    ```

    Right:

    ```yaml
    work: {owner: checkout-oncall, sprint: "2026-08", hours: 14}
    ```
    """,
)

not_allowed_value = told_by_reader(
    "REC106",
    "not-allowed-value",
    """
    A field holds something that it can not hold.

    The policy lists the statuses, severities, environments, roles and harms (and the services, where it wants to).
    Times have a zone, as RFC 3339 writes them; web addresses start with `https://` or `http://`; a commit is a hash
    and never the name of a branch.

    Wrong:

    ```yaml
    severity: high
    ```

    Right:

    ```yaml
    severity: critical
    ```
    """,
)

not_text = told_by_reader(
    "REC107",
    "not-text",
    """
    YAML reads a version, an id or a name as a number or as yes or no.

    `4.20` without quotes is the number 4.2, and the release is lost. In quotes it stays what it is.

    Wrong:

    ```yaml
    status: triaged
    release: {base: 4.20}
    ```

    Right:

    ```yaml
    status: triaged
    release: {base: "4.20"}
    ```
    """,
)
