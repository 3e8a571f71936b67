"""Which single characters an English voice can say, and how. Pure.

What the voice's own reader of words knows, stays; what is only another shape of that (wide, bold, with a mark that is
foreign to it) becomes it; signs with a name become their name. All else has no sound here, and is not left out without
a word: `None` says so.
"""

# ruff: noqa: RUF001 - characters that look like others are what this is about

import re
import unicodedata
from functools import lru_cache

READ = frozenset(
    "ÀÁÂÃÄÅÆÇÉÊÌÍÎÏÑÒÓÔÕÖØÚÜÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĀāĂăąĆćČčĎďĐđĒēĕĖėęěĝĞğġģīĭıķļĽľŁłńņňŋŌōŏőŒœŘřŚśŞşŠšţťūŭ"
    "ŮůŰųŵźŻżŽžƒơưǎǐǒǔǚșț"
)
"""Letters beyond ASCII that hibari can read within words."""

KEPT = READ | frozenset("°¢§¶±×÷©½¼¾²³µ£€¥₹₩—…“”")
NAMES = {
    "−": "-", "‐": "-", "‑": "-", "–": "–", "√": " square root of ", "∞": " infinity ", "≤": " less than or equal to ",
    "≥": " greater than or equal to ", "≠": " not equal to ", "≈": " approximately ", "≡": " is equivalent to ",
    "∝": " proportional to ", "∑": " sum of ", "∏": " product of ", "∫": " integral of ", "∂": " partial ",
    "∇": " nabla ", "∈": " in ", "∉": " not in ", "⊂": " subset of ", "∪": " union ", "∩": " intersection ",
    "∀": " for all ", "∃": " there exists ", "∧": " and ", "∨": " or ", "¬": " not ", "→": " to ", "⇒": " implies ",
    "⇔": " if and only if ", "↔": " to and from ", "←": " from ", "↑": " up ", "↓": " down ", "‰": " per mille ",
    "₽": " rubles ", "₿": " bitcoin ", "₺": " lira ", "₴": " hryvnia ", "₫": " dong ", "₱": " pesos ", "₪": " shekels ",
    "฿": " baht ", "№": " number ", "℃": " degrees Celsius ", "℉": " degrees Fahrenheit ", "ℓ": "l",
    "✓": " check ", "✔": " check ", "✗": " cross ", "✘": " cross ", "★": " star ", "☆": " star ", "∅": " empty set ",
    "⅓": " one third ", "⅔": " two thirds ", "⅛": " one eighth ", "‖": " ", "ẞ": "SS", "ſ": "s", "⁄": "/", "∕": "/",
    "。": ". ", "、": ", ", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‹": '"', "›": '"', "‘": "'", "’": "'",
    "‚": "'", "′": "'", "″": '"', "¿": "", "¡": "", "·": " ", "[": "(", "]": ")", "{": "(", "}": ")",
    "∶": ":", "⋅": " times ",
}  # fmt: skip
SILENT = frozenset("™®ªº•◦▪▫●○■□◆◇►▶‣⁃†‡\u20e3¨´¸˜¯ˈˌ")
"""Signs that nobody reads aloud."""

GREEK = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]  # fmt: skip
LATIN = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z])(?: WITH [A-Z ]+)?")
LONE_GREEK = re.compile(r"(?<![\u0370-\u03ff])([\u0391-\u03a9\u03b1-\u03c9])(?![\u0370-\u03ff])")
MICRO = re.compile(r"μ(?=[A-Za-z])")
OHMS = re.compile(r"(?<=[\dkM])[ \u00a0]?Ω")


def name_letters(text: str) -> str:
    """With the names of Greek letters that stand alone, as they do in formulas; within Greek words they stay."""
    return LONE_GREEK.sub(
        lambda found: f" {GREEK[ord(found[1].lower()) - 0x3B1]} ", OHMS.sub(" ohms", MICRO.sub("µ", text))
    )


@lru_cache(4096)
def say_character(character: str) -> str | None:
    """What to give the voice for it. Nothing for what is silent by nature, None for what it cannot say."""
    if character in NAMES:
        return NAMES[character]
    if character in SILENT:
        return " "
    if character in KEPT or " " <= character < "\x7f":
        return character
    return say_kind(character)


def say_kind(character: str) -> str | None:
    """By what Unicode knows of it."""
    kind = unicodedata.category(character)
    if kind[0] in "ZC":
        return None if kind in ("Co", "Cs", "Cn") else ("" if kind == "Cf" else " ")
    if kind in ("Mn", "Me"):
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(character))
    shape = unicodedata.normalize("NFKC", character)
    if shape != character and all(sign in KEPT or sign.isascii() for sign in shape):
        return "".join(say_character(sign) or "" for sign in shape)
    if character.lower() in READ:
        return character.lower()
    letter = LATIN.fullmatch(unicodedata.name(character, ""))
    if letter is not None:
        return letter[2].lower() if letter[1] == "SMALL" else letter[2]
    return " " if kind[0] == "P" else None
