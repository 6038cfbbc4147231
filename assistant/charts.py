"""From a Vega-Lite specification to a PNG, for doors that cannot draw; no network, no browser."""

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

#: Pixels per unit of the specification; 2 is sharp on a phone.
_SCALE = 2.0
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_GLYPH = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    '<text x="4" y="30" font-size="24" font-family="sans-serif">{}</text></svg>'
)
#: vl-convert runs one script engine per process.
_rendering = threading.Lock()


def render_png(chart: Mapping[str, Any]) -> bytes:
    """Render a Vega-Lite specification whose data is inline.

    Raises:
        ValueError: The specification cannot be drawn.
    """
    import vl_convert

    with _rendering:
        return vl_convert.vegalite_to_png(dict(chart), scale=_SCALE, allowed_base_urls=[])


def lacks_glyphs(chart: Mapping[str, Any]) -> bool:
    """Tell whether the chart has Chinese text that this machine has no font for."""
    return bool(_HAN.search(str(chart))) and not _has_chinese_font()


@cache
def _has_chinese_font() -> bool:
    """Draw two characters: without a font both are the same empty box."""
    import vl_convert

    with _rendering:
        first, second = (vl_convert.svg_to_png(_GLYPH.format(character)) for character in "留存")
    return first != second
