"""A custom tool's input out of the arguments of the function that stands for it: `{"input": "..."}`, as it comes. Pure.

Cut the same text as you like: the same input comes out.
"""

from collections.abc import Generator

FIELD = "input"
SCHEMA = {
    "type": "object",
    "properties": {FIELD: {"type": "string"}},
    "required": [FIELD],
    "additionalProperties": False,
}
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WHITE = " \t\n\r"
HIGH, LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
HEX_DIGITS = 4
HEX = frozenset("0123456789abcdefABCDEF")


class NotWrapped(Exception):
    """These arguments are something else."""


class Unwrapper:
    """One call. complete: whether the object has been closed."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.complete = False
        self.machine = self._read()
        next(self.machine)

    def feed(self, text: str) -> str:
        """More of the arguments; gives more of the input. Raises `NotWrapped`."""
        for character in text:
            self.machine.send(character)
        said, self.said = "".join(self.said), []
        return said

    def _read(self) -> Generator[None, str, None]:
        yield from self._expect("{")
        yield from self._expect('"')
        for wanted in f'{FIELD}"':
            if (yield) != wanted:
                raise NotWrapped
        yield from self._expect(":")
        yield from self._expect('"')
        yield from self._string()
        yield from self._expect("}")
        self.complete = True
        while True:
            if (yield) not in WHITE:
                raise NotWrapped

    def _expect(self, wanted: str) -> Generator[None, str, None]:
        while (character := (yield)) in WHITE:
            pass
        if character != wanted:
            raise NotWrapped

    def _string(self) -> Generator[None, str, None]:
        high = 0
        while (character := (yield)) != '"':
            if character == "\\":
                unit = yield from self._escape()
                if high and unit in LOW:
                    self.said.append(chr(0x10000 + ((high - HIGH.start) << 10) + (unit - LOW.start)))
                    high = 0
                    continue
                self._lone(high)
                high = unit if unit in HIGH else 0
                if not high:
                    self.said.append("\ufffd" if unit in LOW else chr(unit))
                continue
            self._lone(high)
            high = 0
            self.said.append(character)
        self._lone(high)

    def _lone(self, high: int) -> None:
        """Half a pair is no character."""
        if high:
            self.said.append("\ufffd")

    def _escape(self) -> Generator[None, str, int]:
        kind = yield
        if kind != "u":
            if kind not in ESCAPES:
                raise NotWrapped
            return ord(ESCAPES[kind])
        digits = ""
        while len(digits) < HEX_DIGITS:
            digits += yield
        if not HEX.issuperset(digits):
            raise NotWrapped
        return int(digits, 16)
