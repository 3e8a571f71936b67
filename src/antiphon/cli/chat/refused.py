"""What a conversation cannot do, as the sentence that says so."""

from antiphon.errors import AntiphonError


class Refused(AntiphonError):
    """Nothing happened, and the conversation goes on."""
