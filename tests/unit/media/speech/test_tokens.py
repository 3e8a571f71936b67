"""How many tokens a spoken answer counts."""

import pytest

from antiphon.media.speech.tokens import audio_tokens


@pytest.mark.parametrize(
    ("duration_s", "tokens"),
    [(0, 0), (0.01, 1), (0.05, 1), (0.051, 2), (1, 20), (0.1 + 0.2, 6), (3.075, 62), (60, 1200), (-1, 0)],
)
def test_one_token_for_each_50_ms_that_have_begun(duration_s: float, tokens: int) -> None:
    """Twenty a second, and no more because of how floating point rounds."""
    assert audio_tokens(duration_s) == tokens
