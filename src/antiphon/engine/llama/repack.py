"""llama.cpp's kernels for weights that are rearranged when they are loaded: which of them may be used.

It asks the processor's backend for the buffer types whose weights have such kernels, and takes the first that can do
with a weight. Compiled for Intel's AMX by gcc 12, the one named AMX crashes: it loads a configuration of tiles that
the compiler has optimised away (llama.cpp's pull request 26954). The next one, CPU_REPACK, makes prompts of Q4_0, Q4_K
and IQ4_NL several times faster, and llama.cpp has one switch for all.
"""

import ctypes
from collections.abc import Iterator
from typing import Any

CPU_DEVICE = 0
GET_TYPES = b"ggml_backend_dev_get_extra_bufts"
CRASHES = "AMX"
Types = Any
"""Addresses of buffer types, as an array in C, behind whose last stands null."""


def leave_out_crashing(library: ctypes.CDLL) -> bool:
    """Take what crashes out of the backend's own list, for all that this process loads; returns whether it is out,
    so that the others may be used. library: libllama, which brings ggml along.
    """
    try:
        types = find_types(library)
    except AttributeError:  # a build that keeps ggml's functions to itself
        return False
    kept = [address for address, name in list_types(library, types) if name != CRASHES]
    for place, address in enumerate([*kept, None] if types else ()):
        types[place] = address
    return CRASHES not in names_of_types(library)


def names_of_types(library: ctypes.CDLL) -> list[str]:
    """What is in the list now."""
    return [name for _, name in list_types(library, find_types(library))]


def find_types(library: ctypes.CDLL) -> Types:
    """The backend's list: not a copy of it, so that what is written there counts."""
    device = call(library, "ggml_backend_dev_by_type", ctypes.c_void_p, ctypes.c_int(CPU_DEVICE))
    registry = call(library, "ggml_backend_dev_backend_reg", ctypes.c_void_p, ctypes.c_void_p(device))
    address = call(library, "ggml_backend_reg_get_proc_address", ctypes.c_void_p, ctypes.c_void_p(registry), GET_TYPES)
    if not address:
        return None
    get_types = ctypes.CFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)(address)
    return get_types(device)


def list_types(library: ctypes.CDLL, types: Types) -> Iterator[tuple[int, str]]:
    """Each with its name."""
    place = 0
    while types and (address := types[place]):
        yield address, call(library, "ggml_backend_buft_name", ctypes.c_char_p, ctypes.c_void_p(address)).decode()
        place += 1


def call(library: ctypes.CDLL, name: str, returns: Any, *arguments: Any) -> Any:
    """A function of ggml, which `llama_cpp` has no declarations of."""
    function = library[name]  # a new object each time: its types are nobody else's
    function.restype = returns
    return function(*arguments)
