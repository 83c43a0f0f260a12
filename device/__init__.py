"""The probe's own software: MicroPython, copied as it is to /lib/device on the board."""
