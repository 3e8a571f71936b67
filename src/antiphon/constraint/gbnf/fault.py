"""The one way a translation fails. Knows no grammar."""


class NotExpressible(ValueError):
    """What GBNF cannot say exactly. reason: a fragment of a sentence, for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
