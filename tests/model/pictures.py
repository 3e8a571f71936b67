"""The small world that the projector of the tests sees: a circle, square, triangle or cross on a plain background.

It was trained on most of the combinations; `HELD_OUT` are those that it has never seen. Its file is ours, see
`tests/data`.
"""

import base64
import io
import random
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

PROJECTOR = Path(__file__).parents[1] / "data" / "tiny-vision-mmproj.gguf"
NUM_TOKENS = 25
"""Of every picture, whatever its size."""
COLOURS = {
    "red": (220, 30, 35), "green": (30, 150, 60), "blue": (35, 70, 215), "yellow": (245, 220, 40),
    "orange": (250, 140, 20), "purple": (130, 40, 160), "black": (15, 15, 15), "white": (250, 250, 250),
}  # fmt: skip
SHAPES = ("circle", "square", "triangle", "cross")
SIZES = {"large": (0.56, 0.84), "small": (0.24, 0.42)}
"""The side of a shape as a share of the picture's."""
SHARE_HELD_OUT, SPLIT_SEED = 0.12, 7


class Item(NamedTuple):
    """What is in a picture."""

    size: str
    colour: str
    shape: str
    background: str


def split() -> tuple[list[Item], list[Item]]:
    """Items that were trained on, and those that were not."""
    items = [Item(s, c, h, b) for s in SIZES for c in COLOURS for h in SHAPES for b in COLOURS if b != c]
    random.Random(SPLIT_SEED).shuffle(items)
    count = int(len(items) * SHARE_HELD_OUT)
    return items[count:], items[:count]


HELD_OUT = split()[1]


def draw(item: Item, rnd: random.Random) -> Image.Image:
    """A picture of it, with shades, place and size by chance."""
    width = rnd.randint(64, 128)
    height = width if rnd.random() < 0.5 else max(64, int(width * rnd.uniform(0.7, 1.4)))
    image = Image.new("RGB", (width * 2, height * 2), shade(item.background, rnd))
    side = min(width, height) * rnd.uniform(*SIZES[item.size])
    free = (width - side) / 2, (height - side) / 2
    x, y = (
        2 * (full / 2 + rnd.uniform(-0.8, 0.8) * room * 0.6) for full, room in zip((width, height), free, strict=True)
    )
    draw_shape(ImageDraw.Draw(image), item.shape, x, y, radius=side, fill=shade(item.colour, rnd), rnd=rnd)
    return image.resize((width, height), Image.Resampling.BOX)


def shade(name: str, rnd: random.Random) -> tuple[int, ...]:
    """A colour that still goes by this name."""
    return tuple(min(255, max(0, value + rnd.randint(-14, 14))) for value in COLOURS[name])


def draw_shape(
    canvas: ImageDraw.ImageDraw, shape: str, x: float, y: float, *, radius: float, fill: Any, rnd: random.Random
) -> None:
    """Around a place."""
    r = radius
    match shape:
        case "circle":
            canvas.ellipse((x - r, y - r, x + r, y + r), fill=fill)
        case "square":
            r *= 0.92
            canvas.rectangle((x - r, y - r, x + r, y + r), fill=fill)
        case "triangle":
            canvas.polygon(((x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)), fill=fill)
        case _:
            t = r * rnd.uniform(0.28, 0.38)
            canvas.rectangle((x - r, y - t, x + r, y + t), fill=fill)
            canvas.rectangle((x - t, y - r, x + t, y + r), fill=fill)


def draw_held_out(count: int, seed: int) -> list[tuple[Item, Image.Image]]:
    """So many pictures of what has never been trained on."""
    rnd = random.Random(seed)
    items = [rnd.choice(HELD_OUT) for _ in range(count)]
    return [(item, draw(item, rnd)) for item in items]


def data_url(image: Image.Image) -> str:
    """As PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def show(image: Image.Image) -> dict[str, Any]:
    """A part of a message."""
    return {"type": "image_url", "image_url": {"url": data_url(image)}}


def say(text: str) -> dict[str, Any]:
    """The other kind of part."""
    return {"type": "text", "text": text}


def user(*parts: str | Image.Image) -> dict[str, Any]:
    """A message of texts and pictures."""
    return {"role": "user", "content": [say(part) if isinstance(part, str) else show(part) for part in parts]}
