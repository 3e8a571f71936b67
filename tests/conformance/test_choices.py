"""Several choices, seeds, and what they cost."""

import openai
import pytest

from tests.conformance.asker import Asker
from tests.conformance.targets import Target
from tests.model.ask import MODEL
from tests.model.plain import NEVER_END

SEA = "Tell me about the sea."


def test_several(ask: Asker) -> None:
    """`n: 3` gives three choices, which differ without a seed."""
    answer = ask.whole(SEA, n=3, max_tokens=16)
    assert sorted(answer.choices) == [0, 1, 2]
    assert len(set(answer.texts)) == 3


def test_usage(ask: Asker) -> None:
    """Usage counts the prompt once and the tokens of all choices, in both modes."""
    alone, several = (ask.both(SEA, max_tokens=7, seed=1, logit_bias=NEVER_END, n=n).usage for n in (1, 3))
    assert several["prompt_tokens"] == alone["prompt_tokens"]
    assert (alone["completion_tokens"], several["completion_tokens"]) == (7, 21)


def test_seed(ask: Asker) -> None:
    """The same seed repeats each of the choices, in both modes; another seed does not."""
    answer = ask.both(SEA, n=3, seed=42, max_tokens=16)
    assert len(set(answer.texts)) == 3
    assert not set(answer.texts) & set(ask.whole(SEA, n=3, seed=1042, max_tokens=16).texts)


def test_no_seed(ask: Asker) -> None:
    """Without a seed every answer varies."""
    assert len({ask.whole(SEA, max_tokens=16).only.text for _ in range(3)}) == 3


def test_greedy(ask: Asker) -> None:
    """At temperature 0 all choices are the likeliest answer."""
    texts = ask.both(SEA, n=3, temperature=0, max_tokens=12).texts
    assert texts == [texts[0]] * 3


def test_one_after_the_other_as_together(ask: Asker) -> None:
    """A choice does not depend on how many others are made beside it."""
    assert ask.whole(SEA, n=3, seed=5, max_tokens=12).texts[:1] == ask.whole(SEA, seed=5, max_tokens=12).texts


def test_more_than_run_together(ask: Asker, client: openai.OpenAI, target: Target) -> None:
    """More choices than are computed at the same time are all answered, each whole; or refused where they cannot be."""
    if target.most_choices:
        with pytest.raises(openai.BadRequestError, match="'n'"):
            client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hi"}], n=9)
        return
    answer = ask.whole("hi", n=9, max_tokens=3, seed=1, logit_bias=NEVER_END)
    assert sorted(answer.choices) == list(range(9))
    assert answer.usage["completion_tokens"] == 27
