"""Why something that came with a request cannot be used."""


class UnreadableError(Exception):
    """reason: what is wrong with it, as the end of a sentence that begins with what it is ("The image …"), and what to
    do where that is not plain: "is encrypted; send it without a password". It has nothing of the server's own: no path,
    no address that was found out, no other library's words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
