"""Reads grammars in llguidance's variant of Lark."""
