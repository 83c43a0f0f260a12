"""Runs the test functions of the named modules; started by MicroPython itself.

    micropython -X heapsize=128k tests/device/run_on_micropython.py test_wire test_payloads

The folder of the repository must be on sys.path (MICROPYPATH). Prints a line for each test and
`passed N` at the end; a failure ends it with its traceback.
"""

import gc
import sys


def forget():
    """A board loads the firmware only: let the code of one test module give room to the next."""
    for name in list(sys.modules):
        package, _, module = name.rpartition(".")
        if package in ("device", "device.drivers", "tests.device"):
            if package in sys.modules:
                delattr(sys.modules[package], module)
            del sys.modules[name]
    gc.collect()


def run(modules):
    passed = 0
    for name in modules:
        module = __import__("tests.device." + name, None, None, ["*"])
        for key in sorted(dir(module)):
            if key.startswith("test_"):
                print(name + "." + key)
                gc.collect()
                getattr(module, key)()
                passed += 1
        del module
        forget()
    print("passed %d" % passed)


if __name__ == "__main__":
    run(sys.argv[1:])
