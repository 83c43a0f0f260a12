"""The names that MicroPython's compiler knows as its native emitter, for the interpreters without.

A module that says `from device import emitter as micropython` may mark functions with
`@micropython.viper`: MicroPython compiles them to machine code and never looks here, CPython runs
the same lines as they are. A port without the emitter takes the module with the mark's lines left
out (tests/device/run_in_node.mjs does). All values in such functions stay below 2**30, so machine
words of 32 bits, small ints of 31 bits and CPython's ints give the same.
"""

from array import array

ptr16 = array  # typecode "H": a buffer of unsigned 16-bit words
ptr32 = array  # typecode "I"


def viper(function):
    return function


def const(value: int) -> int:
    """MicroPython folds `NAME = const(number)` into the code, in viper functions too."""
    return value
