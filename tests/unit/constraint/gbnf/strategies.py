"""Small regular expressions and grammars that nobody would write, and texts that may match them."""

from hypothesis import strategies as st

LETTERS = "abkAé1 \n\u212a,("
texts = st.text(st.sampled_from(LETTERS), max_size=6)

signs = st.sampled_from(
    ["a", "b", "k", "é", "1", " ", ",", r"\(", r"\n", ".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\pL", "^", "$"]
)
items = st.sampled_from(["a", "b-k", "1", "é", r"\d", r"\s", r"\W", "-", "[^a]", "[:alpha:]", "&&[ak]", "--a", "~~b"])
sets = st.builds("[{}{}]".format, st.sampled_from(["", "^"]), st.lists(items, min_size=1, max_size=3).map("".join))
counts = st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?", "+?", "??", "{1,2}?"])
openings = st.sampled_from(["(", "(?:", "(?i:", "(?s:", "(?x: ", "(?i)(", "(?-i:"])


def compose(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Sequences, choices, groups and repetitions."""
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        st.builds("{}{})".format, openings, inner),
        st.builds("({}){}".format, inner, counts),
    )


patterns = st.recursive(st.one_of(signs, sets), compose, max_leaves=8)

values = st.sampled_from(
    ['"a"', '"b"', '"ab"', '"a"i', '","', '"("', '" "', '"é"', '""', "/a+/", "/[ab]/", "/b*/", "/[a-c]{1,2}/", "/a?b/",
     "/[^,\\n]+/", '"a".."c"', "A", "B", "start", "x", "y"]
)  # fmt: skip
times = st.sampled_from(["", "", "", "*", "+", "?", "~2", "~1..2", "{2,}", "{,2}"])
terms = st.builds("{}{}".format, values, times)
lines = st.lists(terms, min_size=1, max_size=3).map(" ".join)
groups = st.builds("({}){}".format, st.lists(lines, min_size=1, max_size=2).map(" | ".join), times)
bodies = st.lists(st.one_of(lines, st.builds("{} {}".format, lines, groups)), min_size=1, max_size=3).map(" | ".join)
ignored = st.sampled_from(["", "", '%ignore " "', "%ignore / +/", "%ignore / +|,/", '%ignore " "\n%ignore ","'])
grammars = st.builds('start: {}\nx: {}\ny: {}\nA: /[a-b]+/\nB: "k" | /é1*/\n{}'.format, bodies, bodies, bodies, ignored)
