"""Small things that can be seen, heard and read, for tests that are not about what is in them; of any size."""

import base64
import io
import math
import random
import struct

from PIL import Image

from tests.unit.media.documents.pdfs import write_pdf


def picture(num_bytes: int = 100, seed: object = 0) -> str:
    """A data URL of a PNG of about so many bytes, which no other seed has."""
    side = max(1, math.isqrt(num_bytes // 3))
    noise = random.Random(str(seed)).randbytes(3 * side * side)
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(file, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def recording(num_bytes: int = 1000) -> str:
    """A WAV of noise, in base64."""
    sound = random.Random(0).randbytes(num_bytes // 2 * 2)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16)
    head = struct.pack("<4sI4s", b"RIFF", len(sound) + 36, b"WAVE") + form + struct.pack("<4sI", b"data", len(sound))
    return base64.b64encode(head + sound).decode()


def document(num_lines: int = 1) -> str:
    """A PDF with so many lines of text, in base64."""
    return base64.b64encode(write_pdf([f"Line {number} of a report." for number in range(num_lines)])).decode()
