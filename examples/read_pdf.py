"""Has a model answer a question about a PDF: `python examples/read_pdf.py report.pdf "What is the total?"`.

The file is uploaded once; further questions need its id only. Where the server is, the environment says:
OPENAI_BASE_URL=http://127.0.0.1:8000/v1 OPENAI_API_KEY=none
"""

import sys
from pathlib import Path

from openai import OpenAI

client = OpenAI()
document = client.files.create(file=Path(sys.argv[1]), purpose="user_data")
answer = client.chat.completions.create(
    model=client.models.list().data[0].id,
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "file", "file": {"file_id": document.id}},
                {"type": "text", "text": sys.argv[2]},
            ],
        }
    ],
    temperature=0,
    max_completion_tokens=100,
)
print(answer.choices[0].message.content)
client.files.delete(document.id)
