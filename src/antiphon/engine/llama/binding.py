"""llama.cpp's C API, with its log kept quiet: only what it calls an error is remembered, for our own sentence.

The only importer of `llama_cpp`; everything here runs in the worker process.
"""

import ctypes
from collections import deque
from typing import Any

import llama_cpp
import llama_cpp.llama_cpp as lib
from llama_cpp import mtmd_cpp as mtmd

from antiphon.engine.llama.repack import CRASHES, leave_out_crashing

ERROR_LEVEL = 4
recent_errors: deque[str] = deque(maxlen=8)


@lib.llama_log_callback
def _keep_errors(level: int, text: bytes, _: Any) -> None:
    if level == ERROR_LEVEL:
        recent_errors.append(text.decode(errors="replace").strip())


lib.llama_log_set(_keep_errors, ctypes.c_void_p(0))
mtmd.mtmd_log_set(_keep_errors, ctypes.c_void_p(0))
lib.llama_backend_init()


def build_description() -> str:
    """Versions of binding and library, the instruction sets it was compiled for, and what is left out of them."""
    told = f"{llama_cpp.__version__} {lib.llama_version().decode()} {lib.llama_print_system_info().decode()}"
    return f"{told} without {CRASHES}" if has_crashing() else told


def has_crashing() -> bool:
    """Whether the library was compiled for what crashes."""
    return b"AMX_INT8 = 1" in lib.llama_print_system_info()


def build_model_params(*, packed: bool = True) -> Any:
    """Those of llama.cpp, without what crashes. packed: whether weights may be rearranged."""
    params = lib.llama_model_default_params()
    params.use_extra_bufts = packed and (not has_crashing() or leave_out_crashing(lib._lib))
    return params


__all__ = ["build_description", "build_model_params", "lib", "mtmd", "recent_errors"]
