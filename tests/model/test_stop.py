"""Stop strings on a real model's text."""

import pytest

from tests.model.ask import Ask

STORY = "Tell me about the sea."


@pytest.fixture(scope="module")
def text(ask: Ask) -> str:
    """What the model says to `STORY` when nothing stops it."""
    return ask.whole(STORY, temperature=0, max_tokens=48).only.text


@pytest.mark.parametrize(("begin", "end"), [(20, 21), (20, 26), (33, 60)])
def test_stop(ask: Ask, text: str, begin: int, end: int) -> None:
    """Text ends before the stop string, in both modes, wherever tokens begin and end, and the reason is `stop`."""
    stop = text[begin:end]
    answer = ask.both(STORY, temperature=0, max_tokens=48, stop=stop, logprobs=True).only
    assert answer.text == text[: text.index(stop)]
    assert answer.finish == "stop"


def test_stop_list(ask: Ask, text: str) -> None:
    """Of several stop strings the one that comes first in the text ends it."""
    first, later = text[24:30], text[50:58]
    answer = ask.both(STORY, temperature=0, max_tokens=48, stop=["never said", later, first, "nor this"]).only
    assert answer.text == text[: text.index(first)]
    assert answer.finish == "stop"


def test_stop_begun_only(ask: Ask, text: str) -> None:
    """A stop string that only begins is text like any other, also at the very end."""
    stops = [text[20:28] + "\x00", text[-4:] + "\x00"]
    answer = ask.both(STORY, temperature=0, max_tokens=48, stop=stops).only
    assert (answer.text, answer.finish) == (text, "length")


def test_stop_at_once(ask: Ask, text: str) -> None:
    """A stop string at the very beginning leaves an empty text."""
    answer = ask.both(STORY, temperature=0, max_tokens=48, stop=text[:3]).only
    assert (answer.text, answer.finish) == ("", "stop")


def test_stop_ends_work(ask: Ask, text: str) -> None:
    """Nothing is computed after the stop string: usage counts up to the token that completed it."""
    stop = text[20:26]
    tokens = ask.whole(STORY, temperature=0, max_tokens=48, logprobs=True).only.tokens
    shortest = next(count for count in range(len(tokens)) if stop in "".join(tokens[:count]))
    usage = ask.both(STORY, temperature=0, max_tokens=48, stop=stop).usage
    assert usage["completion_tokens"] == shortest


def test_stop_of_choices(ask: Ask) -> None:
    """Each choice stops by itself."""
    free = ask.whole(STORY, n=3, seed=3, max_tokens=32).texts
    stop = next(word for word in free[0].split()[3:] if word not in free[1])
    stopped = ask.both(STORY, n=3, seed=3, max_tokens=32, stop=stop).texts
    assert stopped == [text.split(stop)[0] for text in free]
    assert stopped[1] == free[1]
