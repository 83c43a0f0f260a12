"""The two slots of the ESP32 and the boot loader's roll-back. Runs under pytest and MicroPython."""

import sys


def partition_of(chip):
    class Partition:
        RUNNING = 1

        def __init__(self, which):
            self.place = chip.running if which == Partition.RUNNING else which[0]

        def get_next_update(self):
            return Partition((1 - self.place,))

        def info(self):
            return (0, 16, 0x10000 + 0x200000 * self.place, 0x200000, "ota", False)

        def set_boot(self):
            chip.chosen = self.place

        @classmethod
        def mark_app_valid_cancel_rollback(cls):
            chip.pending = False

    return Partition


def nvs_of(chip):
    class Nvs:
        def __init__(self, _name):
            self.unsaved = {}

        def get_i32(self, key):
            if key not in chip.kept:
                raise OSError(-0x1102)
            return chip.kept[key]

        def set_i32(self, key, value):
            self.unsaved[key] = value

        def commit(self):
            chip.kept.update(self.unsaved)

    return Nvs


class Esp32:
    """The module esp32 of MicroPython, with two slots and a boot loader that rolls back."""

    def __init__(self):
        self.running, self.chosen, self.pending, self.kept = 0, None, False, {}
        self.Partition, self.NVS = partition_of(self), nvs_of(self)

    def boot(self):
        """A reset; the board's Slots after it."""
        from device.board_slots import Slots

        if self.chosen is not None:
            self.running, self.chosen, self.pending = self.chosen, None, True
        elif self.pending:
            self.running, self.pending = 1 - self.running, False
        return Slots(1)


def test_after_a_roll_back_the_old_firmware_is_not_on_trial():
    chip = Esp32()
    sys.modules["esp32"] = chip
    try:
        slots = chip.boot()
        assert not slots.trial
        slots.try_other()
        assert not slots.trial  # until it runs
        assert chip.boot().trial
        assert not chip.boot().trial  # rolled back
        assert chip.running == 0
        chip.boot().try_other()
        slots = chip.boot()
        assert slots.trial
        slots.confirm()
        assert (slots.trial, chip.boot().trial, chip.running) == (False, False, 1)
    finally:
        del sys.modules["esp32"]
        sys.modules.pop("device.board_slots")
