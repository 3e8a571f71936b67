"""GJSON paths (https://github.com/tidwall/gjson/blob/master/SYNTAX.md) over values that are parsed already.

`parser` makes a `Path` of a text once; a `Path` finds a part in any number of values. What is supported, and what is
other than in gjson, is in docs/transforms.md.
"""
