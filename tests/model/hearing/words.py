"""How many words of a text were heard wrong, where only what is heard counts: no marks, no case, numbers as words."""

import re

ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def spell(number: int) -> str:
    """Up to 999,999."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return f"{TENS[number // 10 - 2]} {spell(number % 10) if number % 10 else ''}"
    unit, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    return f"{spell(number // unit)} {name} {spell(number % unit) if number % unit else ''}"


def normalise(text: str) -> list[str]:
    """The words of a text."""
    plain = re.sub(r"(?<=\d),(?=\d)", "", text.lower()).replace("%", " percent ")
    plain = re.sub(r"\d{1,6}", lambda found: f" {spell(int(found[0]))} ", plain)
    return re.sub(r"[^a-z0-9' ]", " ", plain).split()


def count_errors(said: str, heard: str) -> tuple[int, int]:
    """Words to change, to add or to take away (Levenshtein), and how many there are."""
    wanted, got = normalise(said), normalise(heard)
    row = list(range(len(got) + 1))
    for number, word in enumerate(wanted, 1):
        before, row = row, [number]
        for place, other in enumerate(got):
            row.append(min(before[place] + (word != other), before[place + 1] + 1, row[place] + 1))
    return row[-1], len(wanted)
