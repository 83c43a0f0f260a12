"""The probe as data: parts, wires, enclosure, and what follows from them. Not installed by pip.

Run from the repository root: `python -m hardware.budget`, `.draw`, `.acoustics`, `.cad`.
"""
