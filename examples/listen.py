"""Has a model answer what is said in a recording: `python examples/listen.py question.wav`.

A model that does not hear gets it written out, which needs pip install 'antiphon[transcribe]' where the server runs.
Where that is, the environment says: OPENAI_BASE_URL=http://127.0.0.1:8000/v1 OPENAI_API_KEY=none
"""

import base64
import sys
from pathlib import Path

from openai import OpenAI

recording = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode()

client = OpenAI()
answer = client.chat.completions.create(
    model=client.models.list().data[0].id,
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "input_audio", "input_audio": {"data": recording, "format": "wav"}},
                {"type": "text", "text": "Answer what is asked in the recording."},
            ],
        }
    ],
    temperature=0,
    max_completion_tokens=100,
)
print(answer.choices[0].message.content)
assert answer.usage
assert answer.usage.prompt_tokens_details
print(f"({answer.usage.prompt_tokens_details.audio_tokens} tokens were heard)")
