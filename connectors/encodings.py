"""The encodings that departments write, and what Python's codecs do not know of them."""

from __future__ import annotations

import re

#: What Python's gb18030 codec (the standard of 2000) still puts into private use, and where the
#: standard has the character now: 2005 (A8BC), 2022 (vertical marks, FE59 …), and the six of
#: Extension B (FE51 …) that fonts and other decoders have long read so.
_MOVED = str.maketrans(
    {
        0xE7C7: 0x1E3F,
        **{0xE78D + i: to for i, to in enumerate((0xFE10, 0xFE12, 0xFE11))},
        **{0xE790 + i: 0xFE13 + i for i in range(7)},
        **dict(
            zip(
                (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864),
                range(0x9FB4, 0x9FBC),
                strict=True,
            )
        ),
        **{0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC},
        **{0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE},
    }
)

#: Most texts hold none of them, and looking is far cheaper than translating.
_OLD = re.compile("[" + "".join(map(chr, _MOVED)) + "]")
#: U+FEFF in each codec.
_MARKS = {"utf-8": b"\xef\xbb\xbf", "gb18030": b"\x84\x31\x95\x33"}


def text_in(content: bytes, encoding: str) -> str:
    """The text. GBK is read as GB18030, which holds all of it. Raises ValueError with the place."""
    try:
        return moved(content.decode(codec_of(encoding)), encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not {encoding} at byte {error.start}") from None


def codec_of(encoding: str) -> str:
    """Python's codec. A byte order mark is the file's business: it is cut off before."""
    return {"gbk": "gb18030", "gb18030": "gb18030"}.get(encoding, "utf-8")


def moved(text: str, encoding: str) -> str:
    """Decoded text with the characters that GB 18030 has moved where they are now."""
    return text.translate(_MOVED) if codec_of(encoding) == "gb18030" and _OLD.search(text) else text


def without_mark(content: bytes, encoding: str) -> bytes:
    """The first bytes of a file without a byte order mark: it is no part of a column's name."""
    mark = _MARKS[codec_of(encoding)]
    return content[len(mark) :] if content.startswith(mark) else content
