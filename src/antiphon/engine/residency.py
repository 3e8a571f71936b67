"""Which models are in memory: what is loaded, unloaded and let in next. Pure: knows names, bytes and tickets only.

A model is out, coming (being loaded), in, or going (being unloaded), and takes memory unless it is out. A request has a
ticket from before it waits until it has ended. Models are loaded in the order in which somebody began to wait for them.
The first for which there is no room makes others leave, those used least recently first: an idle one at once, a busy
one when it has become idle. Until then, who comes later for that one waits too, so that everybody's turn comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, NamedTuple

State = Literal["out", "coming", "in", "going"]


@dataclass(eq=False)
class Ticket:
    """A request's. number: in the order of coming."""

    model: str
    number: int
    admitted: bool = False


@dataclass(eq=False)
class Resident:
    """need: bytes that loading it takes; None while nobody knows. taken: bytes that it takes now. used: number of the
    last event that was a use of it. waiting: by their numbers, oldest first.
    """

    name: str
    need: int | None
    state: State = "out"
    taken: int = 0
    used: int = 0
    num_running: int = 0
    waiting: dict[int, Ticket] = field(default_factory=dict)

    def is_busy(self, head: Ticket | None) -> bool:
        """Whether somebody uses it, or waits for it who came before `head`."""
        oldest = next(iter(self.waiting), None)
        return self.num_running > 0 or (oldest is not None and (head is None or oldest < head.number))


class Unload(NamedTuple):
    """room_for: who needs the room; None where the models have become larger than they may."""

    model: str
    room_for: str | None


class Decision(NamedTuple):
    """What is to be done now. admit: whose models are in."""

    load: list[str]
    unload: list[Unload]
    admit: list[Ticket]


class Residency:
    """limit: bytes that all models may take together; None for no limit, where nobody need know what one takes."""

    def __init__(self, models: Iterable[str], limit: int | None) -> None:
        self.limit = limit
        self.models = {name: Resident(name, need=0 if limit is None else None) for name in models}
        self._clock = count(1)

    def fits(self, model: str) -> bool:
        """Whether there would be room for it if it were alone."""
        need = self.models[model].need
        return self.limit is None or (need is not None and need <= self.limit)

    def ask(self, model: str) -> Ticket:
        """Somebody wants to use a model, which must fit."""
        assert self.fits(model), "it would wait for ever"
        resident = self.models[model]
        ticket = Ticket(model, next(self._clock))
        resident.waiting[ticket.number] = ticket
        resident.used = ticket.number
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """The end of a ticket, admitted or not."""
        resident = self.models[ticket.model]
        resident.waiting.pop(ticket.number, None)
        if ticket.admitted:
            ticket.admitted = False
            resident.num_running -= 1
            resident.used = next(self._clock)

    def loaded(self, model: str) -> None:
        """A model that was coming is in."""
        self.models[model].state = "in"

    def failed(self, model: str) -> list[Ticket]:
        """A model that was coming cannot; it is going now. Returns the tickets of those who waited, which end here."""
        resident = self.models[model]
        resident.state = "going"
        dropped = list(resident.waiting.values())
        resident.waiting.clear()
        return dropped

    def unloaded(self, model: str) -> None:
        """A model that was going is out."""
        resident = self.models[model]
        resident.state, resident.taken = "out", 0

    def decide(self) -> Decision:
        """What follows from all that has happened. Takes it as done: who is to be loaded is coming, and so on."""
        load: list[str] = []
        head = self._load_what_fits(load)
        leaving = self._who_leaves(head)
        unload = [resident for resident in leaving if not resident.is_busy(head)]
        for resident in unload:
            resident.state = "going"
        admit = [ticket for resident in self.models.values() for ticket in self._admit(resident, leaving, head)]
        room_for = head.model if head else None
        return Decision(load, [Unload(resident.name, room_for) for resident in unload], admit)

    def _load_what_fits(self, load: list[str]) -> Ticket | None:
        """Begin to load what somebody waits for. Returns the ticket of the first for which there is no room."""
        wanted = [resident for resident in self.models.values() if resident.waiting and resident.state == "out"]
        for resident in sorted(wanted, key=lambda resident: next(iter(resident.waiting))):
            assert resident.need is not None
            if self._excess(resident.need) > 0:
                return next(iter(resident.waiting.values()))
            resident.state, resident.taken = "coming", resident.need
            load.append(resident.name)
        return None

    def _who_leaves(self, head: Ticket | None) -> list[Resident]:
        """Those that make room for `head`, idle or not; without one, the idle ones that are too much. None that takes
        no room, such as an engine somewhere else.
        """
        staying = [each for each in self.models.values() if each.state in ("coming", "in") and each.taken > 0]
        staying.sort(key=lambda resident: (resident.is_busy(head), resident.used))
        if head is None:
            staying = [resident for resident in staying[:-1] if not resident.is_busy(head)]
        need = (head and self.models[head.model].need) or 0
        excess = self._excess(need) - sum(each.taken for each in self.models.values() if each.state == "going")
        leaving = []
        for resident in staying:
            if excess <= 0:
                break
            leaving.append(resident)
            excess -= resident.taken
        return leaving

    def _admit(self, resident: Resident, leaving: list[Resident], head: Ticket | None) -> list[Ticket]:
        """Let in who waits for a model that is in, and came before `head` if it is to leave."""
        if resident.state != "in" or not resident.waiting:
            return []
        stays = head is None or resident not in leaving
        admitted = [each for each in resident.waiting.values() if stays or (head and each.number < head.number)]
        for ticket in admitted:
            del resident.waiting[ticket.number]
            ticket.admitted = True
        resident.num_running += len(admitted)
        return admitted

    def _excess(self, need: int) -> int:
        """How many bytes there are too many, with `need` more; not above 0 where all fit."""
        return 0 if self.limit is None else sum(each.taken for each in self.models.values()) + need - self.limit
