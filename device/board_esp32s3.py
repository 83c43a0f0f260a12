"""The probe's own board: an ESP32-S3-WROOM-1-N16R8 with the chips of hardware/bom.csv.

The calls are those that device/app.py and device/firmware.py name. No machine here has run this
file: it is compiled for the board and its pins are compared with hardware/wiring.csv, no more.
"""

import os
import time

import machine

from device import spoken
from device.app import WATCHDOG_MS
from device.board_panel import Panel
from device.board_sim import free_kib
from device.board_slots import Slots
from device.board_ultrasound import Ultrasound
from device.buttons import LEARN, MARK, TURN, ZERO
from device.clock import system_clock
from device.drivers.lis2dh12 import Lis2dh12
from device.drivers.max17048 import Max17048
from device.drivers.max30102 import Max30102
from device.drivers.nau7802 import Nau7802
from device.drivers.tmp117 import Tmp117
from device.drivers.w25q128 import W25q128
from device.power import MODES, SLEEP
from device.region import Region
from device.senses import Senses
from device.signals import BATTERY_LOW, FIND_ME, LEARNING, NOTHING, PRESSED, of_alert
from device.toco import Toco

PINS = {
    "I2C_SDA": 8,
    "I2C_SCL": 9,
    "I2S_BCLK": 4,
    "I2S_WS": 5,
    "I2S_DIN": 6,
    "US_POWER": 7,
    "US_CARRIER": 10,
    "US_GATE": 11,
    "US_SELA0": 12,
    "US_SELA1": 13,
    "US_SELA2": 14,
    "US_SELA3": 21,
    "US_SELB0": 43,
    "US_SELB1": 44,
    "US_SELB2": 47,
    "US_SELB3": 2,
    "MODEM_TX": 17,
    "MODEM_RX": 18,
    "MODEM_PWRKEY": 16,
    "MODEM_POWER": 15,
    "FLASH_SCK": 39,
    "FLASH_MOSI": 40,
    "FLASH_CS": 42,
    "FLASH_MISO": 41,
    "BUZZER": 48,
    "LED_RED": 38,
    "LED_GREEN": 46,
    "BUTTON_EVENT": 1,
    "BUTTON_ZERO": 0,
    "IMU_INT": 3,
}
VERSION = 1
SPOOL_BYTES = 4 << 20  # of the external flash; then one sector of notes, one to test
COUNTS_PER_UNIT, RAIL = 800, 8_000_000  # of the strain gauge: to be calibrated on a real one
WATCHDOG_RESET, SOFT_RESET = 2, 4  # of device/report.py
CAUSES = {machine.PWRON_RESET: 0, machine.HARD_RESET: 1, machine.WDT_RESET: WATCHDOG_RESET}
CAUSES.update({machine.DEEPSLEEP_RESET: 3, machine.SOFT_RESET: SOFT_RESET})
STALLED = 5
EPOCH_S = 946_684_800  # the board counts from 2000
FLASH, ULTRASOUND, TOCO, OXIMETER = 2, 4, 8, 16  # bits of report.FAULTS
GAUGE, MOTION, FACE = 32, 64, 128


class Board:
    NAME = "esp32s3"
    ended = False
    cellular = False

    def __init__(self, channels: int = 1) -> None:
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)
        self._memory = machine.RTC()
        noted = self._memory.memory() or b"\x00\x00"
        self.cause = STALLED if noted[1:2] == b"\x01" else CAUSES.get(machine.reset_cause(), 1)
        self.task = noted[0]
        self._note = bytearray(2)
        self._faults = 0
        i2c = machine.I2C(0, sda=PINS["I2C_SDA"], scl=PINS["I2C_SCL"], freq=400_000)
        self._clock = system_clock()
        self._gauge = self._found(GAUGE, lambda: Max17048(i2c))
        strain, motion = self._running(TOCO, Nau7802, i2c), self._running(MOTION, Lis2dh12, i2c)
        light = self._found(OXIMETER, lambda: Max30102(i2c))
        face = self._found(FACE, lambda: Tmp117(i2c))
        self._senses = Senses(strain, light, face, motion, Toco(COUNTS_PER_UNIT, RAIL))
        self._panel = Panel(PINS)
        self._lights = self._panel.lights
        self._begin_flash()
        self.slots = Slots(VERSION)
        self._rows: tuple = tuple([] for _ in spoken.CHANNELS)  # of the second that is heard
        self._happened: list = []
        self._analog = False  # of the mode of power
        self._twins = channels == 2
        self._ultrasound = Ultrasound(PINS, i2c, channels)
        self._found(ULTRASOUND, self._ultrasound.check)
        self.learns = False  # it was asked to be told by Bluetooth

    def _begin_flash(self) -> None:
        spi = machine.SPI(2, 20_000_000, sck=PINS["FLASH_SCK"], mosi=PINS["FLASH_MOSI"],
                          miso=PINS["FLASH_MISO"])  # fmt: skip
        select = machine.Pin(PINS["FLASH_CS"], machine.Pin.OUT, value=1)
        self.spool = self.notes = self.scratch = None
        flash = self._found(FLASH, lambda: W25q128(spi, select))
        if flash:
            self.spool = Region(flash, 0, SPOOL_BYTES)
            self.notes = Region(flash, SPOOL_BYTES, flash.SECTOR)
            self.scratch = Region(flash, SPOOL_BYTES + flash.SECTOR, flash.SECTOR)

    def _found(self, bit: int, make):
        """The chip, or None and a fault in the boot report: the rest goes on."""
        try:
            return make()
        except Exception:
            self._faults |= bit
            return None

    def _running(self, bit: int, driver, bus):
        chip = self._found(bit, lambda: driver(bus))
        if chip:
            self._found(bit, chip.start)
        return chip

    @property
    def version(self) -> int:
        return self.slots.version

    @property
    def trial(self) -> bool:
        return self.slots.trial

    def confirm(self) -> None:
        self.slots.confirm()

    def probe_faults(self) -> int:
        return self._faults

    def seconds(self, _now_ms: int) -> list[bytes]:
        """Waits for 250 ms of sound: this paces the main loop."""
        senses, doppler = self._senses, self._ultrasound.doppler
        self._ultrasound.hear(senses.pulse)
        level = doppler.placement.level
        self._happened += senses.update(self._clock.now_ms(), level, self.battery_percent())
        self._transmit()
        heard = (doppler.count, doppler.second_count, senses.pulse, senses.toco_count,
                 doppler.quality_percent)  # fmt: skip
        for row, value in zip(self._rows, heard):
            row.append(value)
        if len(self._rows[0]) < spoken.RATE_HZ:
            return []
        fhr, second, pulse, toco, quality = self._rows
        payload = spoken.pack_trace(
            spoken.Trace(fhr, second if self._twins else None, pulse, toco, quality)
        )
        for row in self._rows:
            row.clear()
        return [payload]

    def extras(self, _now_ms: int) -> list:
        happened, self._happened = self._happened, []
        return happened

    def held(self, now_ms: int, recording: bool) -> bool:
        what = self._panel.buttons.look(now_ms, recording)
        if what == MARK:
            self._happened.append((spoken.MOVEMENT, 0))
        elif what == ZERO:
            self.zero_toco()
        elif what == LEARN:
            self.learns = True
        if what:
            self._lights.hint(PRESSED)
        return what == TURN

    def learning(self, on: bool) -> None:
        """The window is open, or has been closed."""
        self.learns = False
        self._lights.show(LEARNING if on else NOTHING)

    def battery_percent(self) -> int:
        percent = self._gauge and self._found(GAUGE, self._gauge.percent)
        return spoken.GAP_8 if percent is None else percent

    def placement(self):
        here = self._ultrasound.doppler.placement
        return here.level, int(here.own_heart), here.best_percent

    def free_kib(self) -> int:
        return free_kib()

    def new_session(self) -> int:
        return int.from_bytes(os.urandom(4), "little") or 1

    def zero_toco(self) -> None:
        self._senses.toco.zero()

    def set_time(self, unix_ms: int) -> None:
        year, month, day, hour, minute, second, weekday, _ = time.gmtime(unix_ms // 1000 - EPOCH_S)
        self._memory.datetime((year, month, day, weekday, hour, minute, second, 0))

    def find_me(self) -> None:
        self._lights.show(FIND_ME)

    def alert(self, text: str) -> None:
        self._lights.show(of_alert(text))

    def battery_low(self) -> None:
        self._lights.show(BATTERY_LOW)

    def power(self, mode: str) -> None:
        self._analog = MODES[mode].analog
        self._transmit()

    def _transmit(self) -> None:
        """The ultrasound is on while it records and the probe is on skin, never else."""
        on = self._analog and self._senses.skin.may_transmit
        self._found(ULTRASOUND, lambda: self._ultrasound.set(on))

    def note(self, task: int) -> None:
        self._note[0], self._note[1] = task, 0
        self._memory.memory(self._note)

    def feed(self) -> None:
        self._watchdog.feed()
        self._lights.play(self._clock.now_ms())

    def stalled(self) -> None:
        self._note[1] = 1
        self._memory.memory(self._note)
        machine.reset()

    def restart(self) -> None:
        machine.reset()

    def off(self) -> None:
        self.power(SLEEP)
        self._panel.sleep(self._clock.now_ms())
