"""The fast reader of plain YAML answers as libyaml does, or not at all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_hotfix import plainyaml, source, yamldata
from mkdocs_hotfix.schema import _PLAIN_ADDRESS, _URI, _web_address
from mkdocs_hotfix.times import accepts

HERE = Path(__file__).parent
FILES = sorted((*HERE.rglob("*.md"), *HERE.rglob("policy.yml"), *(HERE.parent / "docs").rglob("*.md")))
BASE = source.read(HERE / "base.md").yaml_text


def is_read(text: str) -> bool:
    """Whether the fast reader reads it; then as libyaml does: the same values of the same types in the same order."""
    fast = plainyaml.read(text)
    if fast is None:
        return False
    data, problems = yamldata.load(text, 1)
    assert problems == []
    assert repr(fast) == repr(data)
    return True


PLAIN = {
    "fields": "a: b\nc-d: e f\n_g: h\n",
    "numbers and constants": "a: 1\nb: 1.5\nc: true\nd: null\ne: 1e3\nf: 012\ng: no\nh: 4.12.2\ni: nullable\nj: 0\n",
    "nothing": "a:\nb:\n  c:\n  d:\ne:\n",
    "quotes": 'a: "b: c # d"\ne: \'f "g" h\'\ni: ""\nj: \'\'\n',
    "a list in the column of its field": "a:\n- b\n- c\nd: e\n",
    "lists in lists of mappings": "a:\n  - b:\n    - c: 1\n      d: 2\n    - c: 3\n    e: 4\n  - b:\n    e: 5\nf: 6\n",
    "an item whose field has nothing": "a:\n- b:\n- c\n",
    "colons and number signs inside": "a: http://b#c\nd: e:f#g\n- h: i\n".replace("- h: i\n", "h: '#'\n"),
    "comments and empty lines": "# a\n\na:\n  # b\n\n    # c\n  b: 1\n\n  # d\nc: 2\n# e\n",
    "folded": "a: >-\n  b\n  c  d\n  # e\nf: >\n    g\n\nh:\n  - i: >\n       j\n       k: l\n    m: n\n",
    "literal": "a: |\n  b\n  - c\nd: |-\n  e: f\ng: h\n",
    "beyond ASCII": "title: Ärger über 320 €\nb: „c“ – d…\nc: 日本語\nd: \U0001f525\n",
    "brackets": "a: []\nb: {}\nc: [d, 1, true, 'e, f', \"g]\", h i]\nj: {k: l, m: {n: [o, {p: q}]}, r: 2026-01-01T00:00:00Z}\n",
    "brackets with blanks": "a: [ b,c , 'd' ]\n".replace("c ,", "c,") + "e: { f: g, h: [ ] }\ni: [{j: k}, {j: l}]\n",
    "brackets as items": "a:\n  - [b, c]\n  - {d: e}\n  - f: {g: h}\n    i: []\n",
    "a value on the next line": "a:\n  {b: c}\nd:\n  e f\ng:\n  'h'\ni:\n  j:\n    [k]\n",
    "blanks": "a: b  c\nd: 'e '\nf: \" g\"\n",
    "long": f"a: {'b' * 5000} c\nd: '{'e' * 5000}'\n",
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_yaml_is_read(name: str):
    assert is_read(PLAIN[name])


OTHER = {
    "no field": "# a\n",
    "no line break at the end": "a: b",
    "a name twice": "a: b\na: c\n",
    "a name that is no text": "true: b\n",
    "a text that goes on": "a: b\n  c\n",
    "a text that goes on with what looks like an item": "a: b\n  - c\n",
    "a field inside a text": "a: b\n  c: d\n",
    "two columns": "a:\n    b: c\n  d: e\n",
    "an item without a list": "a: b\n- c\n",
    "a list at the top": "- a\n",
    "a field in a list": "a:\n  - b\n  c: d\n",
    "indented at the top": "  a: b\n",
    "a colon at the end": "a: b:\n",
    "a colon inside": "a: b: c\n",
    "a comment after a text": "a: b # c\n",
    "a comment after quotes": "a: 'b' # c\n",
    "a blank at the end": "a: b \n",
    "a blank after a name": "a: \n",
    "a tab": "a:\tb\n",
    "an escape": 'a: "\\u0041"\n',
    "doubled quotes": "a: 'b''c'\n",
    "quotes over two lines": 'a: "b\n  c"\n',
    "text after quotes": 'a: "b" c\n',
    "brackets over two lines": "a: [b,\n  c]\n",
    "brackets that stay open": "a: [b\n",
    "brackets that are not those opened": "a: [b}\n",
    "brackets in the column of their field": "a:\n[b]\n",
    "a block below a name": "a:\n  >\n  b\n",
    "text after brackets": "a: [b] c]\n",
    "a comment after brackets": "a: [b] # c]\n",
    "a name twice in brackets": "a: {b: c, b: d}\n",
    "a name that is no text in brackets": "a: {null: c}\n",
    "a name without a value": "a: {b}\n",
    "a name without a value before a comma": "a: {b: , c: d}\n",
    "a field in a list in brackets": "a: [b: c]\n",
    "a text and a field in a list in brackets": "a: [b c: d]\n",
    "a comma too many": "a: [b, c, ]\n",
    "a comma alone": "a: [,]\n",
    "two commas": "a: [b,, c]\n",
    "no comma": "a: ['b' 'c']\n",
    "no comma before brackets": "a: [b [c]]\n",
    "a colon before a comma": "a: [b:, c]\n",
    "a colon before a bracket": "a: [b:]\n",
    "a JSON mapping": 'a: {"b": c}\n',
    "a question mark in brackets": "a: [b?, c]\n",
    "an escape in brackets": 'a: ["\\t"]\n',
    "many brackets": f"a: {'[' * 40}{']' * 40}\n",
    "an anchor": "a: &b c\n",
    "an alias": "a: *b\n",
    "a tag": "a: !!str b\n",
    "a directive": "%YAML 1.2\n---\na: b\n",
    "a second document": "a: b\n---\nc: d\n",
    "an end of the document": "a: b\n...\n",
    "a question mark": "? a\n: b\n",
    "a merge": "<<: a\n",
    "kept line breaks": "a: |+\n  b\n\n",
    "a block indented by number": "a: |2\n    b\n",
    "an empty line in a block": "a: >\n  b\n\n  c\n",
    "what looks like a comment in a block": "a: >-\n  b\n\n  # c\nd: e\n",
    "what looks like a comment in an item's block": "a:\n  - b: |\n      c\n\n\n      # d\n",
    "a block that gets deeper": "a: >\n  b\n    c\n",
    "a block that gets less deep": "a: >\n    b\n  c\n",
    "a block of nothing": "a: |\nb: c\n",
    "an item in an item": "a:\n- - b\n",
    "an item of nothing": "a:\n-\n",
    "an item far in": "a:\n-   b: c\n",
    "blanks alone": "a: b\n  \nc: d\n",
    "brackets that go on at the margin": "a: [b,\nc]\n",
    "quotes that go on at the margin": 'a: "b\nc"\n',
    "quotes that go on behind a tab": 'a: "b\n\tc"\n',
    "a comment that touches quotes": 'a: "b"# c\n',
    "a comment that touches brackets": "a: [b]# c]\n",
    "a comment that touches a comma": "a: [b,# c]\n",
    "a comment that touches the sign of a block": "a: ># b\n  c\n",
    "empty lines of a block deeper than what follows": "a: >\n \n  \n   \n # b\n",
    "a question mark that touches its word in brackets": "a: { ?b: c}\n",
    "a dash alone in brackets": "a: [b, -]\n",
    "a last line of spaces": "a: |\n  b\n   ",
    "the sign of a block at the margin": "a:\n|\n",
    "too deep": "".join(f"{'  ' * n}a:\n" for n in range(40)),
    "too many lines": "".join(f"a{n}:\n" for n in range(4_000)),
    "too long": f"a: {'b' * 17_000}\n",
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_not_plain_is_left_to_libyaml(name: str):
    assert plainyaml.read(OTHER[name]) is None


def test_records_and_policies_are_read_alike():
    heads = [one.yaml_text for one in map(source.read, FILES) if one.yaml_text]
    assert sum(map(is_read, heads)) > len(heads) / 2 > 50


NAMES = [*(f"{name}: " for name in ("a", "b-c", "d_e", "f", "g", "h")), "a:", "true: ", "i:  ", "1: ", "j :", "é: "]
PLAINEST = [
    "x",
    "x y",
    "1",
    "1.0",
    "true",
    "null",
    "x:y",
    "x#y",
    "'x'",
    '"x: y"',
    "[x, 1]",
    "{x: y}",
    "[]",
    "{x: [y, {z: 'a'}]}",
]
VALUES = (
    "-1¦~¦x: y¦x:¦x #y¦#x¦\"x¦''¦'x''y'¦\"x\\ty\"¦>¦>-¦|¦|-¦|+¦>2¦| #¦&x¦*x¦!x¦%x¦@x¦`x¦x ¦ x¦x\ty¦---¦...¦"
    "- x¦? x¦: x¦x\u00a0¦ß¦x,y¦x]¦x}¦0x1¦1_0¦<<¦=¦[x¦[x:]¦{x}¦{x: }¦[x, ]¦[x,y]¦[ x ]¦[x#y]¦[x #y]¦[x]]¦"
    "{x: y, x: z}¦[x: y]¦[x] ¦{'x': y}¦[http://x, 1:2]¦{x: 'y'z}¦[- x]¦[?x]¦[x?y]¦{x: y:z}¦[[x], [[]]]¦"
    "{x: {}}¦[x,, y]"
).split("¦")


def made(dice: random.Random) -> str:
    """Make up some lines: mostly fields and items at columns that may follow each other, now and then anything."""
    lines, columns = [], [0]
    for _ in range(dice.randint(1, 9)):
        column = columns[-1] if dice.random() < 0.9 else dice.randint(0, 7)
        item = dice.choices(["", "- ", "-", "-  ", "- - "], [70, 27, 1, 1, 1])[0]
        name = dice.choice(NAMES[:6]) if dice.random() < 0.9 else dice.choice(["", *NAMES])
        kind = dice.choices(["field", "open", "value", "block", "aside"], [50, 25, 8, 10, 7])[0]
        if kind == "field":
            lines.append(" " * column + item + name + dice.choice(PLAINEST if dice.random() < 0.8 else VALUES))
        elif kind == "open":
            lines.append(" " * column + item + name.rstrip())
            columns.append(column + 2 * bool(item) + dice.choice([0, 2, 2, 2, 4]))
        elif kind == "value":
            lines.append(" " * column + item + dice.choice([*PLAINEST, *VALUES]))
        elif kind == "block":
            lines.append(" " * column + item + name + dice.choice([">", ">-", "|", "|-"]))
            inside = " " * (column + dice.choice([2, 2, 2, 4, 1]))
            lines += [
                inside + dice.choice(["x", "x y", "x: y", "- x", "# x", " x", ""]) for _ in range(dice.randint(1, 3))
            ]
        else:
            lines.append(dice.choice(["", "", "# x", " " * column + "# x", "  # x", "    # x", "  "]))
        if len(columns) > 1 and dice.random() < 0.3:
            columns.pop()
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("start", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 9))])
def test_made_texts_are_read_alike_or_not_at_all(start: int):
    known = sum(is_read(made(random.Random(number))) for number in range(start * 2_000, start * 2_000 + 2_000))
    assert 150 < known < 1_700


SPICE = [*"\n\n:#-'\"|>[]{}&*!%? \t", ": ", " #", "- ", "\n  ", "\n- ", "\n\n", ">-\n", "\n---\n", "é", "x", "0"]


def spoiled(text: str, dice: random.Random, spice: Sequence[str] = SPICE) -> str:
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(text) + 1)
        end = at + dice.choice([0, 0, 1, 2, 8])
        text = text[:at] + dice.choice(["", *spice, text[at : at + 12]]) + text[end:]
    return text


@pytest.mark.parametrize("start", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 9))])
def test_spoiled_records_are_read_alike_or_not_at_all(start: int):
    seeds = [BASE[:600], *PLAIN.values()]
    known = 0  # how often something was compared
    for number in range(start * 1_000, start * 1_000 + 1_000):
        dice = random.Random(number)
        known += is_read(spoiled(dice.choice(seeds), dice))
    assert known > 80


@given(st.text("htps:/.-aA0@[]?#%_~+,=9é ", max_size=9), st.sampled_from(["", "http://", "https://", "http://a"]))
def test_an_address_that_is_plain_is_one_that_is_read(rest: str, start: str):
    text = start + rest
    if _PLAIN_ADDRESS.fullmatch(text):
        assert _URI.fullmatch(text)
        assert accepts(_web_address, text)
