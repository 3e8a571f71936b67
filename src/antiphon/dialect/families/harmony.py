"""gpt-oss: messages in channels, of which each call is one.

Source: github.com/openai/harmony, docs/format.md.
"""

from antiphon.dialect.form import Form, Raw

FORM = Form(
    name="harmony",
    begins="<|channel|>commentary to=functions.",
    middle=" <|constrain|>json<|message|>",
    ends="<|call|>",
    marker="<|channel|>commentary to=functions.",
    many=False,
    raw=Raw("<|channel|>commentary to=functions.", "<|message|>", "<|call|>"),
    channels=True,
)
