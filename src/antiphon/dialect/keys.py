"""Names of arguments: which a notation can write as they are. A schema may have any string for one."""

import re

from antiphon.dialect.form import Form

BARE = r"[^<>=:,(){}\[\]\s\"'*]"
"""What means nothing in any notation, as a regular expression of Python and of Rust."""
KEY = BARE + "{1,64}"
"""A name where a schema does not say which there are."""
IN_TAG = r"[^<>\[\]{}\"\s]"
CARRIED = {
    "tags": re.compile(f"{IN_TAG}+( {IN_TAG}+)*"),
    "python": re.compile(f"{BARE}+"),
    "gemma": re.compile(f"{BARE}+"),
}


def carries(form: Form, key: str) -> bool:
    """Whether a form can have this name as it is; in JSON it is in quotes."""
    pattern = CARRIED.get(form.notation)
    return pattern is None or pattern.fullmatch(key) is not None
