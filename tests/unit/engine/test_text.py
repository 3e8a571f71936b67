"""Text machines: whatever the cuts, the same text; whole characters; nothing of a stop string."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.events import TokenLogprob
from antiphon.engine.text import StopMatcher, TextStream, failure_function

ALPHABET = "ab é日🎉"
texts = st.text(alphabet=ALPHABET, max_size=40) | st.text(max_size=20)
stops = st.lists(st.text(alphabet=ALPHABET, min_size=1, max_size=5), max_size=4).map(tuple)
cuts = st.lists(st.integers(0, 200), max_size=30)


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """The same bytes in pieces, some of them empty."""
    places = sorted({0, len(data), *(place % (len(data) + 1) for place in at)})
    return [data[begin:end] for begin, end in pairwise(places)] or [b""]


def play(pieces: list[bytes], stop: tuple[str, ...] = ()) -> tuple[str, bool, list[str]]:
    """All the text of a stream, whether it stopped, and what each push showed."""
    stream, shown = TextStream(stop), []
    for piece in pieces:
        shown.append(stream.push(piece)[0])
        if stream.stopped:
            break
    shown.append(stream.finish()[0])
    return "".join(shown), stream.stopped, shown


def expected(text: str, stop: tuple[str, ...]) -> tuple[str, bool]:
    """By brute force: the stop string that is complete first counts, the longest of several at one place."""
    for end in range(1, len(text) + 1):
        found = [len(one) for one in stop if text[:end].endswith(one)]
        if found:
            return text[: end - max(found)], True
    return text, False


@given(texts, cuts)
def test_any_cut_of_the_same_bytes_gives_the_same_text(text: str, at: list[int]) -> None:
    """Without stop strings the text is the bytes' own, also when characters are cut in their middle."""
    assert play(cut(text.encode(), at))[:2] == (text, False)


@given(texts, stops, cuts)
def test_any_cut_stops_at_the_same_place(text: str, stop: tuple[str, ...], at: list[int]) -> None:
    """The stop string that is completed first ends the text, however the bytes were cut."""
    assert play(cut(text.encode(), at), stop)[:2] == expected(text, stop)


@given(texts, stops, cuts)
def test_no_stop_string_leaks(text: str, stop: tuple[str, ...], at: list[int]) -> None:
    """What is shown never holds a stop string, nor, when it ends with one, the first part of it."""
    whole, stopped, shown = play(cut(text.encode(), at), stop)
    assert not any(one in whole for one in stop)
    assert not stopped or text.startswith(whole)
    assert "".join(shown) == whole


@given(texts, stops)
def test_no_more_is_held_back_than_could_become_a_stop_string(text: str, stop: tuple[str, ...]) -> None:
    """After each character everything is shown but its longest end that begins a stop string."""
    stream, shown = TextStream(stop), ""
    for position, character in enumerate(text):
        shown += stream.push(character.encode())[0]
        if stream.stopped:
            return
        seen = text[: position + 1]
        begun = max((n for one in stop for n in range(len(one)) if seen.endswith(one[:n])), default=0)
        assert shown == seen[: len(seen) - begun]


@given(st.binary(max_size=30), cuts)
def test_bytes_that_are_no_text_do_not_break_anything(data: bytes, at: list[int]) -> None:
    """Bytes that never become UTF-8 become U+FFFD, in the same number for every cut; half a character at the
    end is no text.
    """
    assert play(cut(data, at))[0] == play([data])[0]


@pytest.mark.parametrize("character", ["é", "日", "🎉", "👩\u200d👧"])
def test_only_whole_characters_are_shown(character: str) -> None:
    """A character that is cut into bytes is shown when its last byte has come, and never as U+FFFD."""
    *first, last = character[-1].encode()
    stream = TextStream()
    before = "".join(stream.push(bytes([byte]))[0] for byte in (*character[:-1].encode(), *first))
    assert before == character[:-1]
    assert stream.push(bytes([last]))[0] == character[-1]


def test_half_a_character_at_the_end_is_no_text() -> None:
    """When a limit cuts an answer within a character, its half is left out."""
    assert play(["日".encode()[:2]])[0] == ""


STOPS = [
    # text, stop strings, shown
    ("one STOP two", ("STOP",), "one "),
    ("aaab", ("aab",), "a"),
    ("ababac", ("abac",), "ab"),
    ("abcd", ("cd", "bcd"), "a"),
    ("abcd", ("bcd", "bc"), "a"),
    ("abcd", ("abcdef", "c"), "ab"),
    ("abc", ("abcd",), "abc"),
    ("日本語", ("本",), "日"),
    ("\n\n", ("\n",), ""),
    ("x", ("x",), ""),
    ("", ("x",), ""),
]


@pytest.mark.parametrize(("text", "stop", "shown"), STOPS)
def test_stop_strings(text: str, stop: tuple[str, ...], shown: str) -> None:
    """Overlapping stop strings, stop strings within each other, and those that only begin."""
    assert play([bytes([byte]) for byte in text.encode()], stop)[0] == shown


def test_what_was_held_back_is_shown_at_the_end() -> None:
    """A beginning of a stop string that comes to nothing is text."""
    stream = TextStream(("END",))
    assert stream.push(b"the EN")[0] == "the "
    assert stream.finish()[0] == "EN"


@given(st.text(alphabet="ab", min_size=1, max_size=12))
def test_the_failure_function(pattern: str) -> None:
    """For each prefix: its longest proper end that is a beginning too."""
    naive = [max(n for n in range(size) if pattern[:size].endswith(pattern[:n])) for size in range(1, len(pattern) + 1)]
    assert failure_function(pattern) == naive


def test_a_match_that_began_earlier_has_a_negative_offset() -> None:
    """The matcher tells where a stop string began, seen from the text it was just given."""
    matcher = StopMatcher(("abc",))
    assert matcher.feed("xab") is None
    assert matcher.num_open == 2
    assert matcher.feed("c") == -2


def token(piece: bytes) -> TokenLogprob:
    """A token and its log-probability."""
    return TokenLogprob(piece.decode(errors="replace"), piece, -1.0)


@given(texts, cuts)
def test_every_token_comes_once_and_in_order(text: str, at: list[int]) -> None:
    """Log-probabilities come with the text that completes their token; none is lost, none comes twice."""
    pieces, stream = cut(text.encode(), at), TextStream(("zz",))
    released = [entry for piece in pieces for entry in stream.push(piece, token(piece))[1]]
    released += stream.finish()[1]
    assert b"".join(entry.bytes for entry in released) == text.encode()


@given(texts, stops, cuts)
def test_tokens_of_a_stop_string_are_left_out(text: str, stop: tuple[str, ...], at: list[int]) -> None:
    """After a stop exactly those tokens are told that begin before it: all of the text, no token wholly beyond."""
    stream, released, shown = TextStream(stop), [], ""
    for piece in cut(text.encode(), at):
        new, entries = stream.push(piece, token(piece))
        shown, released = shown + new, released + list(entries)
        if stream.stopped:
            break
    if stream.stopped:
        told = b"".join(entry.bytes for entry in released)
        assert told.startswith(shown.encode())
        assert not released or len(told) - len(released[-1].bytes) <= len(shown.encode())
        assert stream.finish() == ("", ())


def test_the_tokens_of_one_character_come_together_with_it() -> None:
    """A token that is a part of a character is complete when the character is."""
    stream, pieces = TextStream(), [bytes([byte]) for byte in "日".encode()]
    assert [stream.push(piece, token(piece)) for piece in pieces] == [
        ("", ()),
        ("", ()),
        ("日", tuple(map(token, pieces))),
    ]


def test_parts_of_a_character_of_a_stop_string_are_left_out() -> None:
    """A stop string that comes byte by byte leaves none of its tokens behind."""
    stream, pieces = TextStream(("🎉",)), [b"a", *(bytes([byte]) for byte in "🎉".encode())]
    told = [entry for piece in pieces for entry in stream.push(piece, token(piece))[1]]
    assert stream.stopped
    assert [entry.bytes for entry in told] == [b"a"]


def test_parts_of_a_character_at_the_end_are_told() -> None:
    """When a limit cuts an answer within a character, its tokens were sampled all the same."""
    stream = TextStream()
    half = "日".encode()[:2]
    told = stream.push(half, token(half))[1] + stream.finish()[1]
    assert told == (token(half),)
