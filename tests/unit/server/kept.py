"""Keys in a store that is none."""

from antiphon.errors import StoreUnavailable
from antiphon.store.keys import Key, Keys, Scope, digest


class Kept(Keys):
    """Those that are put in."""

    def __init__(self, *kept: Key) -> None:
        self.kept = list(kept)
        self.available = True
        self.num_reads = 0

    async def all(self) -> list[Key]:
        self.num_reads += 1
        if not self.available:
            raise StoreUnavailable("it is gone")
        return self.kept


def build_key(text: str, project: str = "team", *scopes: Scope, revoked: int | None = None) -> Key:
    return Key(
        id="key_1",
        project=project,
        name="",
        digest=digest(text).hex(),
        hint=text[-4:],
        scopes=frozenset(scopes or ("chat",)),
        created=0,
        revoked=revoked,
    )
