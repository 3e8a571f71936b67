"""Asks a model that sees what is in a picture: `python examples/see.py picture.png`.

The server needs a model with a projector: make serve ARGS='--model eyes=model.gguf+mmproj=projector.gguf'. Where it is,
the environment says: OPENAI_BASE_URL=http://127.0.0.1:8000/v1 OPENAI_API_KEY=none
"""

import base64
import mimetypes
import sys
from pathlib import Path

from openai import OpenAI

picture = Path(sys.argv[1])
kind = mimetypes.guess_type(picture)[0]
url = f"data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()}"

client = OpenAI()
answer = client.chat.completions.create(
    model=client.models.list().data[0].id,
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": url}},
                {"type": "text", "text": "Describe the picture."},
            ],
        }
    ],
    temperature=0,
    max_completion_tokens=64,
)
print(answer.choices[0].message.content)
