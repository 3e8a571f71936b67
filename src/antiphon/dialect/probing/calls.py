"""Finds out in which form a chat template takes tool calls and their results."""

from collections.abc import Iterator
from itertools import product

from msgspec.structs import replace

from antiphon.dialect.probing.trial import Trial
from antiphon.dialect.traits import Traits

ROUNDS = ("U C T A U", "U C T", "U C T U", "U C T C T A", "S U A U C T A U C", "U C")
KINDS = ("U P T T A U", "U B T A U", "U Q T T A", "U B T B T U A", "U A B T A", "U Q", "U E T A", "U K T A", "C T U")
NO_OBJECTS = ("U M T A U", "U L T A")
STRAYS = ("O", "O U", "U A O U", "U O A", "U C T A O U", "U F F U", "U C T O A")


def find_calls(trial: Trial, traits: Traits) -> Traits:
    """With calls and results as far as they are taken: both, calls only, results only, or neither.

    Turns of tools count where the template knows their role, or else at least knows calls.
    """
    generic: Traits | None = None
    for calls, results in (("many", "turns"), ("many", "beside"), ("many", "none"), ("none", "turns")):
        base = replace(traits, calls=calls, results=results)
        found = find_form(trial, base)
        if found is None:
            continue
        if results == "turns" and not trial.knows("tool", found, "U C T"):
            generic = generic or (found if calls != "none" else None)
            continue
        if results == "none" and generic:
            found = generic
        strays = replace(found, strays=found.results == "turns")
        return strays if trial.takes(strays, STRAYS) else found
    return traits


def find_form(trial: Trial, base: Traits) -> Traits | None:
    """Whether user and assistant must take turns around calls, which ids may be, and all the rest."""
    for alternates, short_ids in product(("no", "spoken", "strictly"), (False, True)):
        found = find_extent(trial, replace(base, alternates=alternates, short_ids=short_ids))
        if found:
            return found
    return None


def find_extent(trial: Trial, base: Traits) -> Traits | None:
    """How much fits into one turn."""
    calls = base.calls != "none"
    shaped = find_shape(trial, base)
    if shaped is None:
        return None
    counts = ("many", "one") if calls else ("none",)
    options = (replace(shaped, calls=count, call_text=text) for count in counts for text in ("beside", "before"))
    whole = trial.first(options, KINDS)
    return trial.first((replace(whole, raw=raw) for raw in (True, False)), NO_OBJECTS) if whole else None


def find_shape(trial: Trial, base: Traits) -> Traits | None:
    """Parsed arguments, unless the template writes them in an ugly way and their text better."""
    shapes = filter(None, (trial.best(contents(shape), ROUNDS) for shape in shapes_of(base)))
    return min(shapes, key=lambda shape: trial.cost(shape, ROUNDS[0])[0], default=None)


def shapes_of(base: Traits) -> Iterator[Traits]:
    """The forms that arguments and results may have."""
    for parts in (base.parts, base.parts | {"tool"}) if base.results == "turns" else (base.parts,):
        for arguments in ("object", "text") if base.calls != "none" else ("object",):
            yield replace(base, arguments=arguments, parts=parts)


def contents(base: Traits) -> Iterator[Traits]:
    """The forms that the content of a turn may have that only calls."""
    for content in ("empty", "null", "absent") if base.calls != "none" else ("empty",):
        yield replace(base, call_content=content)
