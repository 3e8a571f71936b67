"""Extras are optional: a server without them starts, and one with them starts as fast."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
import antiphon.media.speech as speech
names = [found.name for found in pkgutil.walk_packages(speech.__path__, "antiphon.media.speech.")]
for name in names:
    importlib.import_module(name)
print(len(names), sorted({"av", "hibari", "onnxruntime", "soundfile"} & set(sys.modules)))
"""


def test_no_module_imports_an_extra() -> None:
    """Not before something is spoken."""
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    num_modules, extras = found.stdout.split(maxsplit=1)
    assert int(num_modules) > 10 and extras == "[]\n"
