"""engine/llama/waiting.py: who is let in next."""

from antiphon.engine.base import Decoding, Service, Tier
from antiphon.engine.llama.sequence import Sequence
from antiphon.engine.llama.waiting import MOST_IN_A_ROW, Waiting


def make(name: str, tier: Tier) -> Sequence:
    return Sequence((1, name), 0, prompt=[1], limit=1, decoding=Decoding(), service=Service(tier=tier))


def fill(*tiers: Tier, most: int = 99) -> Waiting:
    waiting = Waiting(most)
    for number, tier in enumerate(tiers):
        waiting.add(make(str(number), tier))
    return waiting


def order(waiting: Waiting) -> list[str]:
    """The names in which all are taken."""
    return [waiting.take().request[1] for _ in range(len(waiting))]


def test_tiers_go_one_after_another() -> None:
    """Priority, then default, then flex; within a tier who came first."""
    assert order(fill("flex", "default", "priority", "default", "priority")) == ["2", "4", "1", "3", "0"]


def test_default_does_not_starve() -> None:
    """After some of priority in a row one of default has its turn, however many of priority wait."""
    waiting = fill(*["priority"] * 20, "default", "default")
    taken = [waiting.take().tier for _ in range(2 * MOST_IN_A_ROW + 2)]
    assert taken == ([*["priority"] * MOST_IN_A_ROW, "default"]) * 2


def test_flex_never_goes_before_others() -> None:
    """However long it waits."""
    assert order(fill("flex", *["priority"] * 9))[-1] == "0"


def test_each_tier_has_a_bound_of_its_own() -> None:
    """A flood of flex takes no place from default; free slots are places, too."""
    waiting = fill("flex", "flex", most=2)
    assert not waiting.has_room_for(1, "flex", num_free=0)
    assert waiting.has_room_for(2, "default", num_free=0)
    assert not waiting.has_room_for(3, "default", num_free=0)
    assert waiting.has_room_for(3, "default", num_free=1)
    waiting.add(make("first", "priority"))
    assert not waiting.has_room_for(3, "default", num_free=1), "who goes before has this slot"
    assert waiting.has_room_for(3, "default", num_free=2)


def test_who_had_a_slot_goes_first() -> None:
    """One that was interrupted goes on before all others of its tier."""
    waiting = fill("flex", "flex")
    waiting.put_back(make("back", "flex"))
    assert order(waiting) == ["back", "0", "1"]


def test_cancel() -> None:
    """All choices of a request are forgotten."""
    waiting = fill("flex", "default", "priority")
    waiting.cancel((1, "1"))
    assert order(waiting) == ["2", "0"]
