"""A QR code as one path of an SVG. Pure; the code itself is made by reportlab."""

from dataclasses import dataclass

from reportlab.graphics.barcode.qr import QrCodeWidget


@dataclass(frozen=True)
class Code:
    size: int  # modules on each side
    path: str


def code(words: str) -> Code:
    widget = QrCodeWidget(words, barLevel="M")
    widget.qr.make()
    modules = widget.qr.modules
    dark = [(x, y) for y, row in enumerate(modules) for x, is_dark in enumerate(row) if is_dark]
    return Code(len(modules), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
