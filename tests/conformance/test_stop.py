"""Stop strings: where they end an answer, and that nothing of them is ever shown."""

import pytest

from tests.conformance.asker import Asker
from tests.conformance.targets import Target

COLORS = "Name three primary colors."
STORY = "Tell me about the sea."
LENGTH = 20


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What each target says when nothing stops it."""
    return {}


@pytest.fixture
def text(ask: Asker, texts: dict[str, str]) -> str:
    """What the model says to `COLORS`."""
    name = ask.target.name
    if name not in texts:
        texts[name] = ask.both(COLORS, temperature=0, max_tokens=LENGTH).only.text
    return texts[name]


@pytest.mark.parametrize(("begin", "end"), [(20, 21), (20, 26), (33, 50), (5, 17)])
def test_one(ask: Asker, text: str, begin: int, end: int) -> None:
    """Text ends before the stop string, in both modes, wherever tokens begin and end, and the reason is `stop`."""
    stop = text[begin:end]
    answer = ask.both(COLORS, temperature=0, max_tokens=LENGTH, stop=stop).only
    assert (answer.text, answer.finish) == (text[: text.index(stop)], "stop")


def test_four(ask: Asker, text: str) -> None:
    """Of four stop strings the one that comes first in the text ends it."""
    first, later = text[24:30], text[40:46]
    answer = ask.both(COLORS, temperature=0, max_tokens=LENGTH, stop=["never said", later, first, "nor this"]).only
    assert (answer.text, answer.finish) == (text[: text.index(first)], "stop")


def test_begun_only(ask: Asker, text: str, target: Target) -> None:
    """A stop string that only begins is text like any other, also at the very end."""
    stops = [text[20:28] + "¤"] if target.loses_held else [text[20:28] + "¤", text[-4:] + "¤"]
    answer = ask.both(COLORS, temperature=0, max_tokens=LENGTH, stop=stops).only
    assert answer.text == text


def test_at_once(ask: Asker, text: str) -> None:
    """A stop string at the very beginning leaves an empty text."""
    answer = ask.both(COLORS, temperature=0, max_tokens=LENGTH, stop=text[:3]).only
    assert (answer.text, answer.finish) == ("", "stop")


def test_never_half(ask: Asker, text: str) -> None:
    """No piece of a stream shows how a stop string begins."""
    stop = text[20:34]
    chunks = ask.chunks(COLORS, temperature=0, max_tokens=LENGTH, stop=stop)
    shown = ""
    for chunk in chunks:
        for choice in chunk.choices:
            shown += choice.delta.content or ""
            assert text[: text.index(stop)].startswith(shown)


def test_usage(ask: Asker, text: str) -> None:
    """Nothing is counted behind the token that completed the stop string."""
    tokens = ask.whole(COLORS, temperature=0, max_tokens=LENGTH, logprobs=True).only.tokens
    stop = text[20:26]
    shortest = next(count for count in range(len(tokens)) if stop in "".join(tokens[:count]))
    usage = ask.both(COLORS, temperature=0, max_tokens=LENGTH, stop=stop).usage
    assert shortest <= usage["completion_tokens"] <= shortest + 1


def test_choices(ask: Asker) -> None:
    """Each choice stops by itself."""
    free = ask.whole(STORY, n=3, seed=3, max_tokens=12).texts
    stop = next(word for word in free[0].split()[2:] if word not in free[1])
    stopped = ask.both(STORY, n=3, seed=3, max_tokens=12, stop=stop).texts
    assert stopped == [text.split(stop)[0] for text in free]
    assert stopped[1] == free[1]


def test_five_are_refused(ask: Asker) -> None:
    """There are four at most."""
    error = ask.refused(STORY, stop=["a", "b", "c", "d", "e"])
    assert (error.status_code, error.param) == (400, "stop")
