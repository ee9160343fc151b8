"""The papers of the sample world: drawn here, nobody's, and they say so."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from sojourn.files.services import Upload

PAGE, MARGIN, LETTERS = (620, 877), 60, 40
WORDS = ("SAMPLE", "Not a real paper:", "everybody named here", "is invented.")


def sample_paper() -> Upload:
    """A scan as a counter would send it, that tells of itself in letters which need no font of the machine."""
    page = Image.new("L", PAGE, 250)
    drawing, font = ImageDraw.Draw(page), ImageFont.load_default(LETTERS)
    for line, words in enumerate(WORDS):
        drawing.text((MARGIN, MARGIN + 2 * LETTERS * line), words, fill=40, font=font)
    out = BytesIO()
    page.save(out, "PNG")
    return Upload("sample.png", out.getvalue())
