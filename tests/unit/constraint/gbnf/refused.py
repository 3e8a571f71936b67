"""What is no grammar, neither to the engine nor here."""

REGEXES = [
    "(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", r"(a)\1", r"\bword\b", r"\B", r"\<a\>", "a^b", "a$b", "x*^a", "(?m)^a$",
    "(", ")", "(a", "a)", "[", "[]", "[a", "[[]", "[^]", "*", "a|*", "(*a)", "a{", "a{x}", "a{,2}", "a{2", "{1}",
    "a{2,1}", r"\q", r"\e", r"\é", r"\cA", r"\0", "a\\", r"\x4", r"\u12", r"\x{110000}", r"\u{D800}", r"\p{Nonsense}",
    r"\p", "[z-a]", r"[a-\d]", r"[\w-z]", r"[\b]", "(?P<n>a)(?P<n>b)", "(?P<>a)", "(?<1>a)", "(?q)a", "(?ii)a",
    "(?)a", "(?i", "(?i)*", "(?#c)a", "(?>a)", "(?P=n)", r"(?-u:\xff)", "(?-u:.)",
]  # fmt: skip
GRAMMARS = [
    "", "\n", "# nothing", 'foo: "a"', 'START: "a"', "start: foo", "start: FOO", "start: A\nA: B\nB: A",
    'start: A\nA: b\nb: "x"', 'start: "a"\nstart: "b"', 'start: A\nA: "a"\nA: "b"', 'start.2: "a"',
    'start: A\nA.2: "a"', '%declare A\nstart: "a"', '%override start: "a"', 'start: f{"a"}\nf{x}: x',
    "%import common.FOO\nstart: FOO", "%import .x.Y\nstart: Y", "%import common.INT\n%import common.INT\nstart: INT",
    'start: INT\nINT: "a"\n%import common.INT', 'start: "a" & "b"', "start: 'a'", r'start: "\q"', 'start: "a',
    r'start: "\ud83d"', 'start: "c".."a"', 'start: "aa".."b"', 'start: "a"i.."b"', "start: /(/", "start: /a",
    "start: /a/l", "start: /^a/m", "start: /a/ii", 'start: "a"~3..2', 'start: "a"~-1', 'start: "a"{0}',
    'start: "a"{}', 'start: "a"**', 'start: "a"~2..', 'start: ("a"', 'start: "a")', 'start: ["a"', "start: a.b",
    "start: 1", 'start: "x" ; "y"', "start: _", "start: <|end|>", "start: @other", 'start: a::_\na: "a"',
    'start:\n "a"', 'start: "a" |\n "b"', 'start: "a"\n    "b"', 'start: "a" -> B', 'b: "c" start: "a"',
    'start: ?a\n?a: "a"', "start ((((((((((((((((((((((((((((((((((((((((", "start: \x00",
    "start: " + "(" * 30 + '"a"' + ")" * 30, 'start: "a" "b"\n%ignore b\nb: "x"',
]  # fmt: skip
