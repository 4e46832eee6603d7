"""The picture that messengers and social networks show of a shared link, drawn in the colours of the pages."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from components import theme
from components.quantities import Quantity, energy, power

WIDTH, HEIGHT = 1200, 630
_MARGIN, _TOP, _BASE = 72, 300, 560


def preview(title: str, words: str, watts: float | None, today_kwh: float | None, curve: Sequence[float]) -> bytes:
    """Return a PNG: a title with words under it, power now in W, today's kWh, and the day's curve of mean powers."""
    # Only here, and for the font: few requests ask for a picture, and they are answered from what is kept.
    from PIL import Image, ImageDraw

    tokens = theme.TOKENS["dark"]
    image = Image.new("RGB", (WIDTH, HEIGHT), tokens["body"])
    pen = ImageDraw.Draw(image, "RGBA")
    _draw_curve(pen, curve, tokens)
    pen.line([(_MARGIN, _BASE), (WIDTH - _MARGIN, _BASE)], fill=tokens["axis-line"], width=3)
    pen.text((_MARGIN, 64), _fitting(title, 64), font=_font(64), fill=tokens["ink"])
    pen.text((_MARGIN, 146), _fitting(words, 32), font=_font(32), fill=tokens["dim"])
    x = _MARGIN
    for label, value in (("now", None if watts is None else power(watts)), ("today", _energy(today_kwh))):
        if value is not None:
            pen.text((x, 208), str(value), font=_font(56), fill=tokens["solar"])
            pen.text((x, 276), label, font=_font(28), fill=tokens["dim"])
            x += 360
    pen.text((WIDTH - _MARGIN, HEIGHT - 28), "Ampra", font=_font(28), fill=tokens["dim"], anchor="rs")
    kept = BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _energy(kwh: float | None) -> Quantity | None:
    return None if kwh is None else energy(kwh)


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _fitting(text: str, size: int) -> str:
    font, room = _font(size), WIDTH - 2 * _MARGIN
    while text and font.getlength(text) > room:
        text = f"{text.rstrip('…')[:-1]}…"
    return text


def _draw_curve(pen: Any, curve: Sequence[float], tokens: dict[str, str]) -> None:
    top = max(curve, default=0.0)
    if len(curve) < 2 or top <= 0:
        return
    # 288 buckets of five minutes are a day.
    step = (WIDTH - 2 * _MARGIN) / max(288, len(curve))
    points = [(_MARGIN + at * step, _BASE - value / top * (_BASE - _TOP - 40)) for at, value in enumerate(curve)]
    red, green, blue = (int(tokens["solar-fill"][at : at + 2], 16) for at in (1, 3, 5))
    pen.polygon([(points[0][0], _BASE), *points, (points[-1][0], _BASE)], fill=(red, green, blue, 60))
    pen.line(points, fill=(red, green, blue, 255), width=5, joint="curve")
