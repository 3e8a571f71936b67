"""Prompts of random words, and how many words make a wanted number of tokens.

It knows no server and no tokenizer: the lengths in tokens come from the caller.
Invariant: the first million prompts of a seed differ from their first word on, so that no prefix cache helps anybody.
"""

import itertools
import random

WORDS = """
able about above across after again air all along also always animal answer area around ask away back bad base be bear
beauty bed before begin behind best better between big bird black blue boat body book both box bring brother build
busy call car care carry cause center certain change check child circle city class clear close cold color come common
complete contain cook corner country course cover cross cut dark day deep direct distant door draw dream drive dry
early earth east easy eat edge end energy enough evening every example eye face family farm fast father feel field
figure fill final find fine fire first fish floor fly follow food foot forest form free friend front full game garden
gave general girl give glass gold good great green ground group grow half hand happy hard head hear heart heavy help
high hill history hold home horse hot hour house hundred idea inch island keep kind king know land language large last
late laugh lead learn leave left letter life light line list listen little long look love low machine make many map
mark matter mean measure meet middle mile milk mind minute money moon morning mother mountain mouth move music name
nation near need night north notice number ocean often old open order page paint paper part pass pattern people
picture piece place plain plan plane plant point poor power press problem produce public pull question quick quiet
rain reach read ready reason record red remember rest river road rock room round rule run sail salt school science sea
season second sentence serve shape ship short simple sing sister sleep slow small snow song sound south space special
stand star start state stone story street strong
""".split()  # noqa: SIM905 - a list of words is read more easily without quotes
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]


class PromptSource:
    """A row of prompts without repetition."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count()

    def build_prompt(self, num_words: int) -> str:
        """The next prompt."""
        number = next(self._numbers)
        # Words by chance, not text, in the order: the reply then has nothing to copy from another prompt's.
        words = random.Random(f"{self._seed}/{number}").choices(WORDS, k=num_words - 1)  # noqa: S311 (no secret)
        return " ".join([_build_opening(self._seed + number), *words])

    def build_streams(self, concurrency: int, num_requests: int, *, num_words: int) -> list[list[str]]:
        """The prompts of one round."""
        return [[self.build_prompt(num_words) for _ in range(num_requests)] for _ in range(concurrency)]


def _build_opening(number: int) -> str:
    """A word of three syllables; the prime factor makes it another one for each number below a million."""
    scattered = number * 7919 % 1_000_000
    return "".join(SYLLABLES[scattered // 100**place % 100] for place in range(3)).capitalize()


def fit_num_words(target_tokens: int, *, short: tuple[int, int], long: tuple[int, int]) -> int:
    """Words for a prompt of the wanted tokens, from two prompts measured as (words, tokens).

    Two, because the chat template adds the same tokens to every prompt, however long.
    """
    tokens_per_word = max(0.1, (long[1] - short[1]) / (long[0] - short[0]))
    template_tokens = short[1] - short[0] * tokens_per_word
    return max(1, round((target_tokens - template_tokens) / tokens_per_word))
