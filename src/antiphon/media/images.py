"""A picture as it came, in whatever format, as pixels that a model can look at. By Pillow, in the media process.

Bounds are checked before anything is decoded: what kind it is, how many pixels. Only the first frame is looked at.
"""

import io
import warnings
from typing import Literal, get_args

from PIL import AvifImagePlugin, Image

from antiphon.media.orientation import read_orientation
from antiphon.media.pixels import Pixels, build_pixels
from antiphon.media.sniff import sniff
from antiphon.media.studio.jobs import Detail
from antiphon.media.unreadable import UnreadableError

Format = Literal["png", "jpeg", "webp", "gif", "bmp", "avif"]
FORMATS: tuple[Format, ...] = get_args(Format)
TAKEN = "PNG, JPEG, WebP, GIF, BMP or AVIF"
MOST_PIXELS = 64_000_000
MOST_SCANS = 200
"""Of a progressive JPEG, each of which goes over all of the picture; cameras and programs write about ten."""
LOW_SIDE = 512
HIGH_LONG_SIDE, HIGH_SHORT_SIDE = 2048, 768
"""Pixels: what OpenAI's API scales pictures to before it looks at them."""
LONGEST_SIDE = 4096
"""Of a picture whose detail is `original`."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""By EXIF's orientation: what makes it upright."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # twice as many are what Pillow refuses, before it takes memory for them
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each takes address space, of which there is a bound, whatever the cores


def read_picture(data: bytes, detail: Detail | None = None) -> Pixels:
    """The picture upright, on white where it is transparent, no larger than `detail` asks for. Raises
    `UnreadableError`, and `MemoryError`.
    """
    kind = find_format(data)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=[kind]) as image:
            picture = decode(image, detail)
    except Image.DecompressionBombError:
        raise UnreadableError(f"has more than {MOST_PIXELS // 1_000_000} million pixels") from None
    except (UnreadableError, MemoryError):
        raise
    except Exception:  # Pillow raises whatever its decoders do
        raise UnreadableError(f"is broken: it begins as {kind.upper()} and cannot be decoded") from None
    return build_pixels(*picture.size, picture.tobytes(), kind)


def find_format(data: bytes) -> Format:
    """What it is by its content, whatever it is called. Raises `UnreadableError` for what is not taken."""
    if not data:
        raise UnreadableError("is empty")
    kind = sniff(data)
    for taken in FORMATS:
        if kind == taken:
            check_scans(data, taken)
            return taken
    raise UnreadableError(f"{f'is {kind.upper()}' if kind else 'is no picture'}; send {TAKEN}")


def check_scans(data: bytes, kind: Format) -> None:
    """Raises `UnreadableError` for a JPEG that takes for ever. In what is compressed, such bytes are not."""
    if kind == "jpeg" and (num_scans := data.count(b"\xff\xda")) > MOST_SCANS:
        raise UnreadableError(f"is a JPEG of {num_scans:,} scans, and {MOST_SCANS} are the most")


def decode(image: Image.Image, detail: Detail | None) -> Image.Image:
    """Its first frame in RGB. It is made small before anything else is done to it, as long as that is possible."""
    if min(image.size) < 1:
        raise UnreadableError("has no pixels")
    size = scale(image.size, detail)
    if image.format == "JPEG":
        image.draft(None, size)
    image.seek(0)
    image.load()
    turn = TURNS.get(read_orientation(image.info.get("exif", b"")))
    flat = flatten(shrink(simplify(image), size))
    return flat if turn is None else flat.transpose(turn)


def simplify(image: Image.Image) -> Image.Image:
    """In a mode that can be scaled: grey or RGB, perhaps with how opaque it is."""
    if image.mode.startswith("I"):
        image = narrow(image)
    if "transparency" in image.info or image.mode in ("PA", "La", "RGBa"):
        return image.convert("RGBA")
    return image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGB")


def narrow(image: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8, of which Pillow would take all that is not dark for white."""
    grey = image.point(lambda value: value / 257).convert("L")
    clear = image.info.get("transparency")
    grey.info = {} if clear is None else {"transparency": clear // 257}
    return grey


def shrink(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """To this size."""
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def flatten(image: Image.Image) -> Image.Image:
    """On white."""
    if image.mode not in ("RGBA", "LA"):
        return image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def scale(size: tuple[int, int], detail: Detail | None) -> tuple[int, int]:
    """The size to look at a picture of this size."""
    long, short = max(size), min(size)
    match detail:
        case "low":
            factor = LOW_SIDE / long
        case "original":
            factor = LONGEST_SIDE / long
        case _:
            factor = min(HIGH_LONG_SIDE / long, max(HIGH_SHORT_SIDE / short, LOW_SIDE / long))
    if factor >= 1:
        return size
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
