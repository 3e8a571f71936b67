"""Sets of characters in brackets, with sets within and operations on them. Knows nothing of what is around."""

import re

from antiphon.constraint.gbnf.charset import CharSet, of, one_of
from antiphon.constraint.gbnf.fault import NotExpressible
from antiphon.constraint.gbnf.regex.escapes import read_escape
from antiphon.constraint.gbnf.regex.reader import Reader

OPERATION = re.compile(r"&&|--|~~")
LOWER, UPPER, DIGIT = (97, 122), (65, 90), (48, 57)
CLASSES = {
    "alnum": of([LOWER, UPPER, DIGIT]),
    "alpha": of([LOWER, UPPER]),
    "ascii": of([(0, 127)]),
    "blank": one_of(" \t"),
    "cntrl": of([(0, 31), (127, 127)]),
    "digit": of([DIGIT]),
    "graph": of([(33, 126)]),
    "lower": of([LOWER]),
    "print": of([(32, 126)]),
    "punct": of([(33, 47), (58, 64), (91, 96), (123, 126)]),
    "space": of([(9, 13), (32, 32)]),
    "upper": of([UPPER]),
    "word": of([LOWER, UPPER, DIGIT, (95, 95)]),
    "xdigit": of([DIGIT, (65, 70), (97, 102)]),
}
POSIX = re.compile(rf"\[:(\^?)({'|'.join(CLASSES)}):\]")


def read_set(reader: Reader) -> CharSet:
    """A set; its bracket has been read. Operations are done one after the other, as they stand."""
    reader.enter()
    reader.skip_space()
    negated = reader.take("^")
    reader.skip_space()
    operands, operations = [[*read_first(reader).ranges]], []
    while True:
        reader.skip_space()
        if reader.take("]"):
            break
        if found := reader.match(OPERATION):
            operations.append(found[0])
            operands.append([])
        else:
            operands[-1] += read_item(reader).ranges
    reader.leave()
    chars = operate(reader, [of(ranges) for ranges in operands], operations)
    return ~chars if negated else chars


def read_first(reader: Reader) -> CharSet:
    """What means itself where a set begins: dashes, or a bracket that would close it."""
    first = ""
    while reader.take("-"):
        first = "-"
        reader.skip_space()
    if not first and reader.take("]"):
        first = "]"
    return one_of(first)


def operate(reader: Reader, operands: list[CharSet], operations: list[str]) -> CharSet:
    """The set that comes out. Where case does not matter, it does not in any operand, and so neither here."""
    chars = reader.fold(operands[0])
    for operation, operand in zip(operations, map(reader.fold, operands[1:]), strict=True):
        if operation == "&&":
            chars &= operand
        else:
            chars = chars - operand if operation == "--" else (chars | operand) - (chars & operand)
    return chars


def read_item(reader: Reader) -> CharSet:
    """A set within, a class, a range or a character."""
    if found := reader.match(POSIX):
        return ~CLASSES[found[2]] if found[1] else CLASSES[found[2]]
    if reader.take("["):
        return read_set(reader)
    first = read_one(reader)
    reader.skip_space()
    begin = reader.at
    if reader.take("-"):
        reader.skip_space()
        if reader.peek() not in ("]", "-", ""):
            return join(first, read_one(reader))
        reader.at = begin
    return first


def read_one(reader: Reader) -> CharSet:
    """A character or an escape."""
    letter = reader.next()
    return read_escape(reader) if letter == "\\" else one_of(letter)


def join(first: CharSet, last: CharSet) -> CharSet:
    """The range from one to the other."""
    if first.only is None or last.only is None or first.only > last.only:
        raise NotExpressible("a range of characters that is none")
    return of([(first.only, last.only)])
