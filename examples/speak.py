"""Has an answer spoken, and keeps the recording: `python examples/speak.py answer.wav "Why is the sky blue?"`.

It needs pip install 'antiphon[speech]' where the server runs. Where that is, the environment says:
OPENAI_BASE_URL=http://127.0.0.1:8000/v1 OPENAI_API_KEY=none
"""

import base64
import sys
from pathlib import Path

from openai import OpenAI

client = OpenAI()
answer = client.chat.completions.create(
    model=client.models.list().data[0].id,
    modalities=["text", "audio"],
    audio={"voice": "nova", "format": "wav"},
    messages=[{"role": "user", "content": sys.argv[2]}],
    temperature=0,
    max_completion_tokens=60,
)
spoken = answer.choices[0].message.audio
assert spoken
Path(sys.argv[1]).write_bytes(base64.b64decode(spoken.data))
print(spoken.transcript)
