"""What structured.py is made of: records that must fit a schema, and the first token of a call that must be made.

Imports run downwards: benchmark, first_token · report, raw · figures · rounds · options · judge, orders, toolbox ·
answer, schemas. thin.py is a script of its own.
"""
