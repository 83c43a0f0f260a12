"""A lock on the heap, for what must not allocate; CPython has none."""

try:
    from micropython import heap_lock, heap_unlock
except ImportError:

    def heap_lock():
        pass

    heap_unlock = heap_lock
