"""store/recordings.py: what was said in spoken answers."""

import pytest

from antiphon.errors import RecordingNotFound
from antiphon.store.recordings import LIFETIME_S, Recordings, new_recording_id
from antiphon.store.store import Store


async def test_what_was_said_is_found(store: Store) -> None:
    """By its id, in its project, also with signs that a database may not like."""
    name = new_recording_id()
    await store.recordings.add("p", name, "Hello \0 \\ 你好")
    assert await store.recordings.find("p", name) == "Hello \0 \\ 你好"
    for project, wrong in (("q", name), ("p", new_recording_id()), ("p", "audio_1"), ("p", "x' OR 1=1")):
        with pytest.raises(RecordingNotFound):
            await store.recordings.find(project, wrong)


async def test_it_expires(store: Store) -> None:
    """At the second that was told, and who adds another sweeps it."""
    now = 1_000_000.0
    recordings = Recordings(store.database, clock=lambda: now)
    old, new = new_recording_id(), new_recording_id()
    expires = await recordings.add("p", old, "a")
    assert expires == now + LIFETIME_S
    now = expires - 1
    assert await recordings.find("p", old) == "a"
    now = expires
    with pytest.raises(RecordingNotFound):
        await recordings.find("p", old)
    await recordings.add("p", new, "b")
    now = 1_000_000.0
    with pytest.raises(RecordingNotFound):
        await recordings.find("p", old)
