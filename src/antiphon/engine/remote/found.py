"""What was found out about an upstream."""

from msgspec import Struct

from antiphon.capability import Capability
from antiphon.engine.remote.kinds import BASE, Kind


class Found(Struct, frozen=True, kw_only=True):
    """model: as the upstream calls it. parses_tools: whether it tells calls from text itself. prioritizes: whether it
    has an order of who goes first, and high_first whether by the largest number. takes_lark: whether it takes grammars
    in llguidance's notation. sees, hears: whether its model takes pictures, and recordings. context_length: in tokens.
    num_vocab: token ids are below it, where it says so.
    """

    kind: Kind
    model: str
    version: str = ""
    context_length: int | None = None
    num_vocab: int | None = None
    parses_tools: bool = True
    prioritizes: bool = False
    high_first: bool = False
    takes_lark: bool = False
    sees: bool = False
    hears: bool = False

    @property
    def capabilities(self) -> frozenset[Capability]:
        """With a gateway before it."""
        can: dict[Capability, bool] = {
            "service_tiers": self.prioritizes,
            "images": self.sees,
            "audio_input": self.hears,
        }
        return BASE | self.kind.capabilities | {name for name, can_do in can.items() if can_do}
