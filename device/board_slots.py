"""The two places for firmware of an ESP32, as device/update.py wants them.

The boot loader must be built with CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE: it starts a new image
once, and goes back at the next reset when the image was not confirmed.
"""

from esp32 import NVS, Partition

TRIAL = "trial"  # in NVS, for the boot loader does not tell: where the image on trial begins
NONE = 0  # no image begins there, the boot loader does
ADDRESS, SIZE = 2, 3  # of Partition.info()
ERASE = 6  # ioctl: MicroPython's block device protocol, MP_BLOCKDEV_IOCTL_BLOCK_ERASE


class Slots:
    BLOCK = 4096

    def __init__(self, version: int) -> None:
        self.version = version
        self._running = Partition(Partition.RUNNING)
        self._other = self._running.get_next_update()
        self.size = self._other.info()[SIZE]
        self._kept = NVS("lucina")
        try:
            tried = self._kept.get_i32(TRIAL)
        except OSError:  # never written
            tried = NONE
        self.trial = tried == self._running.info()[ADDRESS]  # not so after a roll-back

    def erase(self, offset: int) -> None:
        self._other.ioctl(ERASE, offset // self.BLOCK)

    def write(self, offset: int, data) -> None:
        self._other.writeblocks(offset // self.BLOCK, data, offset % self.BLOCK)

    def read(self, offset: int, buffer) -> None:
        self._other.readblocks(offset // self.BLOCK, buffer, offset % self.BLOCK)

    def try_other(self) -> None:
        self._kept.set_i32(TRIAL, self._other.info()[ADDRESS])
        self._kept.commit()
        self._other.set_boot()

    def confirm(self) -> None:
        Partition.mark_app_valid_cancel_rollback()
        self._kept.set_i32(TRIAL, NONE)
        self._kept.commit()
        self.trial = False
