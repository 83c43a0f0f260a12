"""A folder for a test that also runs where there is no tempfile module."""

import os
import random


def new_folder():
    getenv = getattr(os, "getenv", None)  # the WebAssembly build has none
    parent = (getenv("TMPDIR") if getenv else None) or "/tmp"
    path = "%s/lucina-%d" % (parent, random.getrandbits(30))
    os.mkdir(path)
    return path


def remove(path):
    for name in os.listdir(path):
        os.remove(path + "/" + name)
    os.rmdir(path)
