"""The time that there is."""

from antiphon.bench.budget import Budget


def test_a_share_is_no_more_than_is_left() -> None:
    """A part of a budget ends with it at the latest, and what takes longer does not fit."""
    budget = Budget(1000)
    assert 399 < budget.share(0.4).seconds <= 400
    assert budget.fits(900) and not budget.fits(1001)
    assert Budget(0).share(0.5).seconds == Budget(0).left_s == 0
    assert "A prompt would take about 12 s" in budget.refuse("A prompt", 12.3)
