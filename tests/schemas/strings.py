"""Strings: lengths, patterns and formats."""

from tests.schemas.case import Schema, closed, list_of, text

LENGTHS: dict[str, Schema] = {
    "at most 5": {"type": "string", "maxLength": 5},
    "at least 3": {"type": "string", "minLength": 3, "maxLength": 20},
    "exactly 4": {"type": "string", "minLength": 4, "maxLength": 4},
    "empty": {"type": "string", "maxLength": 0},
    "1.0 to 2.0": {"type": "string", "minLength": 1.0, "maxLength": 2.0},
    "length and enum": {"type": "string", "minLength": 2, "enum": ["a", "bb", "ccc"]},
}
PATTERNS: dict[str, Schema] = {
    name: {"type": "string", "pattern": pattern}
    for name, pattern in {
        "letters": "^[a-z]{1,8}$",
        "code": "^[A-Z]{3}-[0-9]{4}$",
        "digits": r"^\d{1,6}$",
        "words": r"^\w{1,5}( \w{1,5}){0,2}$",
        "choice": "^(yes|no|maybe)$",
        "telephone": r"^\+?[0-9]{1,3}[ -][0-9]{3,8}$",
        "hexadecimal": "^#[0-9a-fA-F]{6}$",
        "version": r"^v?(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$",
        "path": r"^(/[a-z]{1,6}){1,3}$",
        "no quotes": '^[^"]{1,10}$',
        "no backslashes": r"^[^\\]{1,10}$",
        "no spaces": r"^\S{1,10}$",
        "spaces": r"^a\s{1,3}b$",
        "any characters": "^.{1,10}$",
        "not controls": r"^[^\x00-\x1f]{1,10}$",
        "printable": "^[ -~]{1,10}$",
        "scripts": r"^\p{L}{1,8}$",
        "no punctuation": r"^\P{P}{1,8}$",
        "punctuation": r"^[!-/:-@\[-`{-~]{1,5}$",
        "brackets": r"^\[[a-z[]{1,5}\]$",
        "both cases": "(?i)^abc$",
        "escapes": r"^\u00e9\x41\/\.\-$",
        "named group": r"^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])$",
        "lazy": "^a+?b*?c$",
        "two ampersands": "^[a&&b]{1,4}$",
        "empty or letter": "^[a-z]?$",
        "decimal of Pydantic": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$",
        "date of Zod": (
            r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]"
            r"|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))$"
        ),
    }.items()
}
ZOD_EMAIL = r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$"
LONG_PATTERNS: dict[str, Schema] = {
    "half anchored": {"type": "string", "pattern": "^a{1,3}|b{1,3}$", "maxLength": 10},
    "email of Zod": {"type": "string", "format": "email", "pattern": ZOD_EMAIL, "maxLength": 30},
    "somewhere": {"type": "string", "pattern": "x", "maxLength": 12},
    "pattern and length": {"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$", "minLength": 3, "maxLength": 15},
    "length of what is quoted": {"type": "string", "pattern": '^["\\\\\n]+$', "minLength": 2, "maxLength": 4},
    "pattern or null": {"type": ["string", "null"], "pattern": "^[a-c]{2}$"},
    "pattern and format": {"type": "string", "format": "date", "pattern": "^20"},
    "patterns through allOf": {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "z$"}], "maxLength": 9},
}
FORMATS: dict[str, Schema] = {
    "date-time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "duration": {"type": "string", "format": "duration", "maxLength": 20},
    "email": {"type": "string", "format": "email", "maxLength": 40},
    "hostname": {"type": "string", "format": "hostname", "maxLength": 30},
    "ipv4": {"type": "string", "format": "ipv4"},
    "ipv6": {"type": "string", "format": "ipv6"},
    "uuid": {"type": "string", "format": "uuid"},
    "date or null": {"type": ["string", "null"], "format": "date"},
    "long hostname": {"type": "string", "format": "hostname", "minLength": 70, "maxLength": 90},
    "February": {"type": "string", "format": "date", "pattern": "-02-29$"},
    "dates in an object": closed({"from": {"type": "string", "format": "date"}, "note": text(8)}),
}
MORE_FORMATS: dict[str, Schema] = {
    "uri": {"type": "string", "format": "uri", "maxLength": 30},
    "format without a type": {"format": "ipv4", "maxItems": 1, "maxProperties": 1},
    "list of emails": list_of({"type": "string", "format": "email", "maxLength": 30}, 2),
}
