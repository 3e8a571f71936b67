"""What was not installed with Antiphon, and is needed now."""


class MissingExtra(Exception):
    """extra: the name that `pip install 'antiphon[NAME]'` knows it by: "transcribe", "speech", "av"."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"pip install 'antiphon[{extra}]'")
        self.extra = extra
