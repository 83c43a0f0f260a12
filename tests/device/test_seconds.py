"""The seconds file. Runs under pytest and on MicroPython."""

from device import seconds
from device.payloads import GAP_16, Trace, pack_trace
from tests.device import scratch

TRACES = [
    Trace((560 + n, 561, GAP_16, 563), None, None if n % 3 else (320,) * 4, (n,) * 4, None)
    for n in range(50)
]


def in_folder(test):
    folder = scratch.new_folder()
    try:
        test(folder + "/a.seconds")
    finally:
        scratch.remove(folder)


def refused(path):
    try:
        seconds.SecondsFile(path)
    except seconds.SecondsError as error:
        return path in str(error)
    return False


def test_what_was_written_is_read():
    def test(path):
        assert seconds.write(path, iter(TRACES)) == 50
        source = seconds.SecondsFile(path)
        assert source.seconds == 50
        assert [source.next() for _ in range(50)] == [pack_trace(trace) for trace in TRACES]
        assert source.next() is None
        assert source.next() is None

    in_folder(test)


def test_a_file_that_is_cut_or_longer_or_something_else_is_refused():
    def test(path):
        seconds.write(path, TRACES[:3])
        with open(path, "rb") as file:
            data = file.read()
        bad = [data[:n] for n in range(len(data))] + [data + b"\x00", b"XXXX" + data[4:]]
        for content in bad:
            with open(path, "wb") as file:
                file.write(content)
            assert refused(path)

    in_folder(test)


def test_a_damaged_second_is_refused():
    def test(path):
        seconds.write(path, TRACES[:1])
        with open(path, "r+b") as file:
            file.seek(13)
            file.write(b"\xff")  # the mask of its channels
        source = seconds.SecondsFile(path)
        try:
            source.next()
        except ValueError:
            return
        raise AssertionError

    in_folder(test)
