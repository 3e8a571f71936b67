"""Vectors as a `llama_batch`, in place of tokens. The only other maker of batches than the runner."""

import ctypes
from collections.abc import Sequence as Seq
from typing import Any

import numpy as np

from antiphon.engine.llama.binding import lib
from antiphon.engine.llama.senses.embedding import Shown


class RowBuffers:
    """The arrays of a batch, which live until the next is laid out. capacity: tokens."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity

    def fill(self, parts: Seq[tuple[int, Shown]]) -> Any:
        """Parts of embeddings, each in its slot, one after another. Positions go by kind, then by token."""
        self.rows = np.ascontiguousarray(np.concatenate([shown.rows for _, shown in parts]))
        self.positions = np.ascontiguousarray(np.concatenate([shown.positions for _, shown in parts]).T)
        self.slots = np.concatenate([np.full(len(shown.rows), slot, np.int32) for slot, shown in parts])
        count = len(self.rows)
        assert count <= self.capacity, "the scheduler keeps to the budget"
        self.counts, self.wanted = np.ones(count, np.int32), np.zeros(count, np.int8)
        self.slot_pointers = self.slots.ctypes.data + 4 * np.arange(count + 1, dtype=np.uintp)
        self.slot_pointers[count] = 0
        batch = lib.llama_batch()
        batch.n_tokens = count
        batch.embd = self.rows.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        batch.pos = self.positions.ctypes.data_as(ctypes.POINTER(lib.llama_pos))
        batch.n_seq_id = self.counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        batch.seq_id = self.slot_pointers.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(lib.llama_seq_id)))
        batch.logits = self.wanted.ctypes.data_as(ctypes.POINTER(ctypes.c_int8))
        return batch
