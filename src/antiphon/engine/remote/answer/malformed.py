"""What makes an upstream's answer one that cannot be passed on. The text of each says why; nobody else's fault is."""


class Malformed(Exception):
    """Nothing that could be passed on."""


class TooMuch(Malformed):
    """More than anybody asks for."""


class CutShort(Malformed):
    """It ended before it was complete."""
