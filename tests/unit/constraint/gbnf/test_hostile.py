"""Definitions that mean harm: a translation or a reason, and no crash."""

import pytest

from antiphon.constraint.gbnf import NotExpressible, write_gbnf
from antiphon.constraint.gbnf.translate import LONGEST, Syntax

LARGEST = 1_000_000
"""Characters of a translation: some sets of characters are long."""

PATTERNS = {
    "open brackets": "(" * 60_000,
    "brackets": "(" * 16_000 + ")" * 16_000,
    "brackets, as many as may be": "(" * 90 + "a" + ")" * 90,
    "sets in sets": "[" * 32_000,
    "stars": "a" + "*" * 32_000,
    "counts of counts": "a" + "{1,2}" * 6_000,
    "counts of counts, as many as may be": "a" + "{2,3}" * 90,
    "groups of counts": "(" * 49 + "a" + "{0,50})" * 49,
    "much that may be missing": "a?" * 16_000,
    "much that may be missing, any number of times": "(" + "a?" * 16_000 + ")*",
    "much that may be missing, counted": "(" + "a?" * 16_000 + "){2,5}",
    "missing within missing": "(d?" * 45 + "a?" + "){0,2}" * 45,
    "a long text": "k" * LONGEST,
    "in any case": "(?i)" + "k" * (LONGEST - 4),
    "many options": "|".join(f"a{number}" for number in range(5_000)),
    "no options": "|" * LONGEST,
    "flags": "(?i)" * 8_000,
    "large sets": r"\w[^\w]\p{L}" * 2_500,
    "ambiguous": "(a|a)*" * 5_000,
    "ambiguous at the end": "(a|aa)*" * 4_000 + "b",
    "catastrophic": "(a+)+(a+)+(a+)+b",
    "counts that multiply": "((a{0,2000}){0,2000}){0,2000}",
    "many counts": "a{0,2000}" * 3_000,
    "no memory of where": "(a|b)*a(a|b){2000}",
    "lists": "(.*,){0,400}P",
    "a set of many": "[" + "".join(chr(0x100 + 2 * number) for number in range(20_000)) + "]",
    "names": "".join(f"(?P<a{number}>b)" for number in range(3_000)),
    "a number": "\\u{" + "0" * 30_000 + "41}",
    "anchors": "^" * LONGEST,
    "anchors in choices": "(^|a)" * 6_000,
    "backslashes": "\\" * (LONGEST - 1),
    "operations": "[a&&" * 90 + "b" + "]" * 90,
    "white space": "(?x)" + " " * 30_000,
}
CHAIN = range(3_000)
DEFINITIONS = {
    "nothing": "",
    "lines": "\n" * LONGEST,
    "brackets": "start: " + "(" * 30_000,
    "brackets, as many as may be": "start: " + "(" * 27 + '"a"' + ")" * 27,
    "a rule that is only itself": "start: start",
    "a rule that begins with itself or nothing": 'start: start? "a"',
    "a rule that is itself twice": "start: start start | start start start | ",
    "hidden beginnings": 'start: x start "a" | start | ","~2 "("\nx: start /ab|c/i? start | ',
    "beginnings in a circle": "start: r0\n" + "\n".join(f'r{n}: r{(n + 1) % 900} "x" | "y"' for n in range(900)),
    "beginnings everywhere": "start: r0\n"
    + "\n".join(f"r{n}: " + " | ".join(f'r{m} "{n}"' for m in range(15)) + ' | "z"' for n in range(15)),
    "many ways to begin": "start: r0\n" + "\n".join(f'r{n}: r{n + 1} "x" | r{n + 1} "y"' for n in range(900)),
    "doubling terminals": "start: R0\n" + "\n".join(f"R{n}: R{n + 1} R{n + 1}" for n in range(40)) + "\nR40: /a|b/",
    "doubling rules": "start: r0\n" + "\n".join(f"r{n}: r{n + 1} r{n + 1}" for n in range(40)) + '\nr40: "a"',
    "a terminal of many states": "start: A\nA: " + " & ".join(f"/.*[a-m]{{{n + 1}}}.*/" for n in range(30)),
    "a chain of rules": "start: r0\n" + "\n".join(f"r{n}: r{n + 1}" for n in range(2_000)) + '\nr2000: "x"',
    "a chain of terminals": "start: R0\n" + "\n".join(f"R{n}: R{n + 1}" for n in range(2_000)) + '\nR2000: "x"',
    "a chain of exclusions": "start: R0\n" + "\n".join(f"R{n}: ~R{n + 1}" for n in range(2_000)) + '\nR2000: "x"',
    "a chain of what may miss": "start: r0*\n" + "\n".join(f"r{n}: r{n + 1}?" for n in range(999)) + '\nr999: "x"',
    "many terminals": "start: " + " ".join(f'"k{n}"' for n in CHAIN),
    "many keywords": "start: (" + " | ".join(f'"k{n}"' for n in CHAIN) + ")*",
    "much that is ignored": 'start: "a"*\n' + "\n".join(f'%ignore "i{n}"' for n in range(1_500)),
    "terminals that begin alike": "start: x*\nx: " + " | ".join(f'/[a-z]{{{n}}}/ " "' for n in range(1, 60)),
    "a long text": 'start: "' + "k" * 30_000 + '"i',
    "a large count": 'start: "a"~2000000000',
    "counts of counts": 'start: (("a"~0..2000)~0..2000)~0..2000',
    "ambiguous": 'start: "a" start "b" | "a" start | "a"',
    "very ambiguous": 'start: start "a" start start | "a" "a" start | "a"',
    "no words": "start: " + "$" * 30_000,
}  # fmt: skip
CASES: list[tuple[Syntax, str, str]] = [
    *(("regex", name, pattern) for name, pattern in PATTERNS.items()),
    *(("lark", name, definition) for name, definition in DEFINITIONS.items()),
]


@pytest.mark.parametrize(
    ("syntax", "definition"), [(case[0], case[2]) for case in CASES], ids=[case[1] for case in CASES]
)
def test_harm(syntax: Syntax, definition: str) -> None:
    """Nothing but a bounded translation or `NotExpressible` comes of anything."""
    try:
        text = write_gbnf(syntax, definition)
    except NotExpressible as error:
        assert 0 < len(error.reason) < 200
    else:
        assert text.startswith("root ::= ") and len(text) < LARGEST
