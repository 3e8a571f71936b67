"""Which side of a picture is up, as EXIF says. Pure, and bounded however much else is said there.

Who reads all of EXIF can be made to read the same megabytes for each of thousands of entries.
"""

import struct

UPRIGHT = 1
ORIENTATION, SHORT = 0x0112, 3
ENTRY_BYTES = 12
MOST_ENTRIES = 1_000


def read_orientation(exif: bytes) -> int:
    """As the first directory has it, 1 to 8; 1, which is upright, where it says nothing that can be understood."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    (at,) = struct.unpack(f"{order}I", tiff[4:8].ljust(4, b"\0"))
    (num_entries,) = struct.unpack(f"{order}H", tiff[at : at + 2].ljust(2, b"\0"))
    for begin in range(at + 2, at + 2 + min(num_entries, MOST_ENTRIES) * ENTRY_BYTES, ENTRY_BYTES):
        entry = tiff[begin : begin + ENTRY_BYTES].ljust(ENTRY_BYTES, b"\0")
        tag, kind, count, value = struct.unpack(f"{order}HHIH2x", entry)
        if (tag, kind, count) == (ORIENTATION, SHORT, 1):
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT
