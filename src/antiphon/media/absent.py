"""What cannot be had, though all that is needed to use it is installed."""


class AbsentError(Exception):
    """Something that is needed cannot be had: a model, a voice. The message is a sentence for who runs the server."""
