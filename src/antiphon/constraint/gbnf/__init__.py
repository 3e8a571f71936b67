"""Translates a custom tool's grammar into GBNF, the notation of llama.cpp, which xgrammar takes too.

Exactly the same language, or `NotExpressible`: never one that is only like it. Knows no engine and no request.
"""

from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.translate import write_gbnf

__all__ = ["NotExpressible", "write_gbnf"]
