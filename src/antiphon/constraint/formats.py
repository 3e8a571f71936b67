"""String formats that the grammar engine enforces, and what it is given for those where it is not exact.

Its own dates know no leap years, its times have a second 60 in every minute, and its names of hosts have no longest
label. Ours take less than RFC 3339 and RFC 5321 in what hardly anybody writes: no leap second, capital T and Z,
at most nine digits of a second's fraction.
"""

from typing import NamedTuple


class Rule(NamedTuple):
    """What a format's strings must match, and how long they may be. Without a pattern the engine's own is exact."""

    pattern: str | None = None
    longest: int | None = None


LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
LONG = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
SHORT = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
FEBRUARY = "02-(?:0[1-9]|1[0-9]|2[0-8])"
DATE = f"(?:{YEAR}-(?:{LONG}|{SHORT}|{FEBRUARY})|{LEAP}-02-29)"
HOUR_MINUTE = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
TIME = rf"{HOUR_MINUTE}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:Z|[+-]{HOUR_MINUTE})"

SIGN = "[a-zA-Z0-9]"
DASHED = "[a-zA-Z0-9-]"
LABEL = f"{SIGN}(?:{DASHED}?{SIGN}|{DASHED}{{2}}{SIGN}|{DASHED}(?:{SIGN}{DASHED}|-{SIGN}){DASHED}{{0,58}}{SIGN})?"
"""Of a host's name: at most 63 characters, and no two dashes in third and fourth place, which mean Punycode."""
HOST = rf"{LABEL}(?:\.{LABEL})*"
ATOM = r"[a-zA-Z0-9!#$%&'*+\-/=?\^_`\{|\}~]"

FORMATS: dict[str, Rule] = {
    "date": Rule(f"^{DATE}$"),
    "time": Rule(f"^{TIME}$"),
    "date-time": Rule(f"^{DATE}T{TIME}$"),
    "duration": Rule(),
    "email": Rule(rf"^{ATOM}(?:\.?{ATOM}){{0,31}}@{HOST}$", 254),
    "hostname": Rule(f"^{HOST}$", 253),
    "ipv4": Rule(),
    "ipv6": Rule(),
    "uuid": Rule(),
    "uri": Rule(),
}
STRICT_FORMATS = frozenset(FORMATS) - {"uri"}
