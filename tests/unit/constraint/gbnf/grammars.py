"""Lark grammars, with texts that match and texts that do not."""

CALCULATOR = 'start: expr\nexpr: NUMBER | expr OP expr | "(" expr ")"\nNUMBER: /[0-9]{1,3}/\nOP: /[-+*]/\n'
PRECEDENCE = """
start: expr
expr: term (SP ADD SP term)* -> add
    | term
term: factor (SP MUL SP factor)* -> mul
    | factor
factor: INT
SP: " "
ADD: "+"
MUL: "*"
%import common.INT
"""
QUERY = """
SP: " "
COMMA: ","
GT: ">"
SEMI: ";"
start: "SELECT" SP "TOP" SP NUMBER SP columns SP "FROM" SP table SP "WHERE" SP where SP "ORDER" SP "BY" SP sort SEMI
columns: column (COMMA SP column)*
column: IDENTIFIER
table: IDENTIFIER
where: "total" SP GT SP NUMBER (SP "AND" SP "day" SP GT SP DATE)?
sort: "day" SP "DESC"
IDENTIFIER: /[A-Za-z_][A-Za-z0-9_]*/
NUMBER: /[0-9]+/
DATE: /'[0-9]{4}-[0-9]{2}-[0-9]{2}'/
"""
PATCH = """
start: begin_patch hunk+ end_patch
begin_patch: "*** Begin Patch" LF
end_patch: "*** End Patch" LF?

hunk: add_hunk | delete_hunk | update_hunk
add_hunk: "*** Add File: " filename LF add_line+
delete_hunk: "*** Delete File: " filename LF
update_hunk: "*** Update File: " filename LF change_move? change?

filename: /(.+)/
add_line: "+" /(.*)/ LF -> line

change_move: "*** Move to: " filename LF
change: (change_context | change_line)+ eof_line?
change_context: ("@@" | "@@ " /(.+)/) LF
change_line: ("+" | "-" | " ") /(.*)/ LF
eof_line: "*** End of File" LF

%import common.LF
"""
JSON = """
?start: value
?value: object | array | string | SIGNED_NUMBER -> number | "true" | "false" | "null"
array: "[" [value ("," value)*] "]"
object: "{" [pair ("," pair)*] "}"
pair: string ":" value
string: ESCAPED_STRING
%import common (ESCAPED_STRING, SIGNED_NUMBER)
%import common.WS
%ignore WS
"""
PROGRAM = """
start: statement+
statement: NAME "=" sum ";"
sum: product | sum ("+" | "-") product
product: atom | product ("*" | "/") atom
atom: NUMBER | NAME | "-" atom | "(" sum ")"
NAME: /[a-z]+/
NUMBER: /[0-9]+/
%ignore / +/
%ignore /#[^\\n]*\\n/
"""

GRAMMARS: list[tuple[str, list[str], list[str]]] = [
    # Rules
    ('start: "a"', ["a"], ["", "aa"]),
    ("start: ", [""], ["a"]),
    ('start: "a" "b" | "c"', ["ab", "c"], ["a", "abc"]),
    ('start: "a" | \n     | "bc"', ["a", "", "bc"], ["b"]),
    ('start: ["a"] "b"', ["b", "ab"], ["aab"]),
    ('start: ("a" | "b" "c")* "d"', ["d", "abcad"], ["bd"]),
    ('start: "a"~2 "b"~1..3 "c"{,2} "d"{2,} "e"{2}', ["aabddee", "aabbbccdddee"], ["abddee", "aabde", "aabdde"]),
    ('start: "a"+ "b"? "c"*', ["a", "aabcc"], ["b", "abb"]),
    ("start: a_b a-b\n_x: \"3\"\na_b: \"1\" _x?\na-b: \"2\"", ["12", "132"], ["21"]),
    ('start: root\nroot: "a" root | "b"', ["b", "aab"], ["a"]),
    ('!start: a\n?a: "x" -> x\n | b -> y\nb: "y"', ["x", "y"], ["xy"]),
    ('start: "a" // a comment\n# another\nb: "unused"\n', ["a"], ["b"]),
    ('start: "x" | unused_cannot_match\nunused_cannot_match: "y" unused_cannot_match', ["x"], ["y", "yy"]),
    # Terminals
    ('start: A\nA: B "c" | /d/ ["e"] ("f" | "g")~2\nB: "b"i', ["bc", "Bc", "deff", "dfg"], ["bC", "df"]),
    ('start: "select"i " " "x".."z"', ["select x", "SeLect z"], ["select w"]),
    (r'start: "\u00e9\n\t\"\\\/\x41"', ['é\n\t"\\/A'], ["é"]),
    ('start: /a.b/s /c/i /d e/x', ["a\nbCde"], ["axbcd e"]),
    (r"start: /\d+/ /\/|#/", ["1/", "٣#"], ["/"]),
    ("start: A\nA: /[a-z]+/ & ~/.*x.*/", ["abc"], ["axc", ""]),
    ("start: A\nA: /(?s:.*)/ & ~/(?s:.*)END(?s:.*)/", ["", "EN", "a\nb"], ["END", "xENDx"]),
    ('start: A\nA: /[ab]{4}/ & /.*aa.*/ & ~"aaaa"', ["aabb", "baab"], ["aaaa", "abab"]),
    ('start: "a" ~A\nA: /.*x.*/', ["a", "abc"], ["axc", "x"]),
    ("start: R0\n" + "\n".join(f"R{n}: R{n + 1} R{n + 1}" for n in range(3)) + "\nR3: /a|b/", ["abababab"], ["abab"]),
    ('start: A*\nA: "a"?', ["", "aaa"], ["b"]),
    # Where terminals end
    ('start: A B\nA: "a"\nB: "ab" | "b"', ["aab", "ab"], ["abb"]),
    ('start: ("a" | "ab") ("d" | "cd")', ["ad", "acd", "abcd"], ["abbd"]),
    ('start: ID "=" ID | "if" " " ID\nID: /[a-z]+/', ["if=a", "if a", "x=y"], ["ifa", "if x=y"]),
    ('start: A "b"\nA: /x*/', ["b", "xxb"], ["x"]),
    ('start: WORD (" " WORD)*\nWORD: /[[:alpha:]]+/', ["a", "ab cd e"], ["a  b", " a"]),
    ('start: "[" /[^\\]]*/ "]"', ["[]", "[a b]"], ["[", "[]]"]),
    ('start: A "é"\nA: /[a-z]+/', ["aé"], ["é", "ae"]),
    ('start: KEY ": " VALUE "\\n"\nKEY: /[a-z]+/\nVALUE: /[^\\n]+/', ["a: b: c\n"], ["a:b\n", "a: \n"]),
    # Rules that begin with themselves
    ('start: start "a" | "b"', ["b", "baa"], ["", "ab"]),
    ('start: start start | "a"', ["a", "aaa"], [""]),
    ('start: a\na: b "x" | "y"\nb: a "z" | "w"', ["y", "wx", "yzx", "wxzx"], ["w", "yx"]),
    ('start: a? "x"\na: start "y" | "z"', ["x", "zx", "xyx", "zxyx"], ["yx", "xy"]),
    ('start: start "," item | item\nitem: "a" | "(" start ")"', ["a", "a,a", "(a,a),a"], ["a,", "()"]),
    (CALCULATOR, ["1", "1+2*3", "(1+2)*(3)", "((7))"], ["", "1+", "1234", "(1", "1 + 2"]),
    (PRECEDENCE, ["1", "1 + 2 * 3"], ["1+2", "1 +", "1 + 2 "]),
    # Ignored text
    ('start: "a" "b"\n%ignore " "', ["ab", "a   b"], [" ab", "ab ", "a\tb"]),
    ('start: "a"*\n%ignore " "', ["", "a", "a a ", "aa  "], [" ", " a"]),
    ('start: "a" "b"?\n%ignore " "', ["a", "a ", "a b"], ["ab ", " a"]),
    ('start: "a"{2,3}\n%ignore " "', ["aa ", "a a a"], ["aaa ", "a"]),
    ('start: "(" start ")" | "x"\n%ignore / +/', ["x", "( (x ) )"], ["x ", "(x) "]),
    ('start: "a" "b"\n%ignore / {2}/\n%ignore /#+/', ["a  b", "a##    b"], ["a b"]),
    ('start: "x" /b*/ "c"\n%ignore " "', ["xc", "x c", "x bb c"], ["x bc c"]),
    ('start: e\ne: e "+" e | "1"\n%ignore " "', ["1 ", "1 + 1", "1+1 "], [" 1", "1 1"]),
    # As people write them
    (QUERY, [
        "SELECT TOP 5 a, b_2 FROM t WHERE total > 10 ORDER BY day DESC;",
        "SELECT TOP 5 SELECT FROM t WHERE total > 10 AND day > '2024-01-01' ORDER BY day DESC;",
    ], ["SELECT TOP x a FROM t;", "SELECT TOP 5 a,b FROM t WHERE total > 10 ORDER BY day DESC;"]),
    (PATCH, [
        "*** Begin Patch\n*** Add File: a.py\n+x = 1\n+\n*** End Patch",
        "*** Begin Patch\n*** Update File: a b\n*** Move to: c\n@@ f()\n-x\n+y\n \n*** End of File\n*** End Patch\n",
        "*** Begin Patch\n*** Delete File: é\n*** End Patch",
    ], ["*** Begin Patch\n*** End Patch", "*** Begin Patch\n*** Add File: \n+x\n*** End Patch"]),
    (JSON, ['{"a": [1, -2.5e3, "x\\"y", {}], "b" :null}', "[ ]", "true"], ["", " true", "[1,]", '{"a"}', "true "]),
    (PROGRAM, ["a=1;", "a = -b * (c + 2) ; # so\n b=a;", "x=1 ; "], ["a=;", "a=b c;", " a=1;"]),
    ("start: /\\w+/ (/[ \\t]+/ /\\w+/)*", ["Ça va", "日本 語"], [" a", "a "]),
    ('start: "yes" | "no" | "maybe" " " /[a-z ]{1,20}/', ["yes", "maybe so and so"], ["maybe ", "yess"]),
]  # fmt: skip
