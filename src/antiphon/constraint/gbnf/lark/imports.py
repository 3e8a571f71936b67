"""The terminals of Lark's module `common`, as llguidance has them. Knows no grammar."""

from antiphon.constraint.gbnf.fault import NotExpressible

DIGITS, EXPONENT = "[0-9]+", r"[eE](\+|-)?[0-9]+"
DECIMAL = r"[0-9]+\.[0-9]*|\.[0-9]+"
FLOAT = rf"({DECIMAL})({EXPONENT})?|{DIGITS}{EXPONENT}"
COMMON = {
    "DIGIT": "[0-9]",
    "HEXDIGIT": "[a-fA-F0-9]",
    "INT": DIGITS,
    "SIGNED_INT": rf"(\+|-)?{DIGITS}",
    "DECIMAL": DECIMAL,
    "_EXP": EXPONENT,
    "FLOAT": FLOAT,
    "SIGNED_FLOAT": rf"(\+|-)?({FLOAT})",
    "NUMBER": rf"{DIGITS}|{FLOAT}",
    "SIGNED_NUMBER": rf"(\+|-)?({DIGITS}|{FLOAT})",
    "ESCAPED_STRING": r'"([^"\\]|\\.)*"',
    "LCASE_LETTER": "[a-z]",
    "UCASE_LETTER": "[A-Z]",
    "LETTER": "[A-Za-z]",
    "WORD": "[A-Za-z]+",
    "CNAME": "[_A-Za-z][_A-Za-z0-9]*",
    "WS_INLINE": r"[ \t]+",
    "WS": r"[ \t\f\r\n]+",
    "CR": r"\r",
    "LF": r"\n",
    "NEWLINE": r"(\r?\n)+",
    "SH_COMMENT": r"#[^\n]*",
    "CPP_COMMENT": r"//[^\n]*",
    "C_COMMENT": r"/\*[^*]*\*+([^/*][^*]*\*+)*/",
    "SQL_COMMENT": r"--[^\n]*",
}


def find_import(path: str) -> str:
    """The regular expression of an imported terminal. Raises `NotExpressible`."""
    module, _, name = path.rpartition(".")
    if module != "common" or name not in COMMON:
        raise NotExpressible(f"the import of {path}")
    return COMMON[name]
