"""llama.cpp's C API, with its log kept quiet: only what it calls an error is remembered, for our own sentence.

The only importer of `llama_cpp`; everything here runs in the worker process.
"""

import ctypes
from collections import deque
from typing import Any

import llama_cpp.llama_cpp as lib

ERROR_LEVEL = 4
recent_errors: deque[str] = deque(maxlen=8)


@lib.llama_log_callback
def _keep_errors(level: int, text: bytes, _: Any) -> None:
    if level == ERROR_LEVEL:
        recent_errors.append(text.decode(errors="replace").strip())


lib.llama_log_set(_keep_errors, ctypes.c_void_p(0))
lib.llama_backend_init()


def build_description() -> str:
    """Version of the library and the instruction sets it was compiled for."""
    return f"{lib.llama_version().decode()} {lib.llama_print_system_info().decode()}"


def build_model_params() -> Any:
    """Those of llama.cpp, without what crashes: compiled for AMX, it loads a configuration of tiles that the compiler
    has optimised away (llama.cpp's pull request 26954). Other rearranged weights go by the same switch.
    """
    params = lib.llama_model_default_params()
    params.use_extra_bufts = b"AMX_INT8 = 1" not in lib.llama_print_system_info()
    return params


__all__ = ["build_description", "build_model_params", "lib", "recent_errors"]
