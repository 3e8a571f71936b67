"""Settings out of text."""

import pytest

from antiphon.cli.chat.refused import Refused
from antiphon.cli.chat.sampling import Value, parse_name, parse_value, render_settings


@pytest.mark.parametrize(("said", "name"), [
    ("temperature", "temperature"), ("Top-P", "top_p"), ("max_tokens", "max_completion_tokens"),
    ("max-completion-tokens", "max_completion_tokens"),
])  # fmt: skip
def test_names(said: str, name: str) -> None:
    """As the API calls it, however it is written."""
    assert parse_name(said) == name


@pytest.mark.parametrize(("said", "told"), [("temprature", "Did you mean temperature?"), ("zzz", "There are ")])
def test_unknown_names(said: str, told: str) -> None:
    """The nearest is named, or all of them."""
    with pytest.raises(Refused, match=f"There is no setting '{said}'. {told}".replace("?", r"\?")):
        parse_name(said)


@pytest.mark.parametrize(("name", "text", "value"), [
    ("temperature", "0.2", 0.2), ("temperature", "1", 1.0), ("seed", "-7", -7), ("verbosity", "low", "low"),
])  # fmt: skip
def test_values(name: str, text: str, value: Value) -> None:
    """Numbers are numbers; what is sensible is the server's to say."""
    assert parse_value(name, text) == value


@pytest.mark.parametrize(("name", "text"), [("seed", "1.5"), ("temperature", "hot"), ("top_p", "nan")])
def test_bad_values(name: str, text: str) -> None:
    """One sentence says what would be right."""
    with pytest.raises(Refused, match=rf"{name} is a (whole )?number, and '{text}' is none\."):
        parse_value(name, text)


def test_shown() -> None:
    """What is set, or what could be."""
    assert render_settings({"temperature": 0.2, "seed": 1}) == "Set: temperature 0.2, seed 1."
    assert render_settings({}).startswith("Nothing is set; the server decides. There are temperature, ")
