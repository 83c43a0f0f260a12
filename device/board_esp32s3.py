"""The probe's own board: an ESP32-S3-WROOM-1-N16R8 with the chips of hardware/bom.csv.

The calls are those that device/app.py and device/firmware.py name. No machine here has run this
file: it is compiled for the board and its pins are compared with hardware/wiring.csv, no more.
"""

import os
import time
from array import array

import machine

from device import payloads
from device.app import WATCHDOG_MS
from device.board_sim import free_kib
from device.board_slots import Slots
from device.doppler import Doppler
from device.drivers.max17048 import Max17048
from device.drivers.nau7802 import Nau7802
from device.drivers.tlv320adc3140 import Tlv320adc3140, to_sound
from device.drivers.w25q128 import W25q128
from device.fhr import HOP
from device.power import MODES
from device.region import Region
from device.signals import AMBER, BATTERY_LOW, FIND_ME, GREEN, NOTHING, RED, of_alert
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
QUARTER_MS = 250
GAIN_DB = 30
COUNTS_PER_UNIT, RAIL = 800, 8_000_000  # of the strain gauge: to be calibrated on a real one
WATCHDOG_RESET, SOFT_RESET = 2, 4  # of device/report.py
CAUSES = {machine.PWRON_RESET: 0, machine.HARD_RESET: 1, machine.WDT_RESET: WATCHDOG_RESET}
CAUSES.update({machine.DEEPSLEEP_RESET: 3, machine.SOFT_RESET: SOFT_RESET})
STALLED = 5
EPOCH_S = 946_684_800  # the board counts from 2000
CARRIER_HZ, BURST_HZ, BURST_SHARE = 1_000_000, 2000, 13_107  # 20 % of 65536
ULTRASOUND, TOCO, GAUGE = 4, 8, 32  # bits of report.FAULTS


class Board:
    NAME = "esp32s3"
    ended = False
    cellular = False

    def __init__(self) -> None:
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)
        self._memory = machine.RTC()
        noted = self._memory.memory() or b"\x00\x00"
        self.cause = STALLED if noted[1:2] == b"\x01" else CAUSES.get(machine.reset_cause(), 1)
        self.task = noted[0]
        self._note = bytearray(2)
        self._faults = 0
        i2c = machine.I2C(0, sda=PINS["I2C_SDA"], scl=PINS["I2C_SCL"], freq=400_000)
        self._gauge = self._found(GAUGE, Max17048, i2c)
        self._strain = self._found(TOCO, Nau7802, i2c)
        self._ear = self._found(ULTRASOUND, Tlv320adc3140, i2c)
        spi = machine.SPI(2, 20_000_000, sck=PINS["FLASH_SCK"], mosi=PINS["FLASH_MOSI"],
                          miso=PINS["FLASH_MISO"])  # fmt: skip
        flash = W25q128(spi, machine.Pin(PINS["FLASH_CS"], machine.Pin.OUT, value=1))
        self.spool = Region(flash, 0, SPOOL_BYTES)
        self.notes = Region(flash, SPOOL_BYTES, flash.SECTOR)
        self.scratch = Region(flash, SPOOL_BYTES + flash.SECTOR, flash.SECTOR)
        self.slots = Slots(VERSION)
        self._buzzer = machine.PWM(PINS["BUZZER"], duty_u16=0)
        self._lights = [machine.Pin(PINS[n], machine.Pin.OUT) for n in ("LED_RED", "LED_GREEN")]
        self._i2s = machine.I2S(0, sck=PINS["I2S_BCLK"], ws=PINS["I2S_WS"], sd=PINS["I2S_DIN"],
                                mode=machine.I2S.RX, bits=16, format=machine.I2S.STEREO,
                                rate=8000, ibuf=32_000)  # fmt: skip
        self._words = array("H", bytes(16 * HOP))
        self._left, self._right = array("H", bytes(2 * HOP)), array("H", bytes(2 * HOP))
        self._doppler = Doppler(1)
        self._toco = Toco(COUNTS_PER_UNIT, RAIL)
        self._counts = array("i", bytes(4 * 40))
        self._fhr: list[int] = []
        self._press: list[int] = []
        self._quality: list[int] = []
        self._pattern = NOTHING
        self._place = self._until_ms = self._rounds = 0
        self._sound = (
            machine.PWM(PINS["US_CARRIER"], freq=CARRIER_HZ, duty_u16=0),
            machine.PWM(PINS["US_GATE"], freq=BURST_HZ, duty_u16=0),
        )
        self._front = machine.Pin(PINS["US_POWER"], machine.Pin.OUT, value=0)
        if self._ear:
            self._ear.start(GAIN_DB)
        if self._strain:
            self._strain.start()

    def _found(self, bit: int, driver, bus):
        """The chip, or None and a fault in the boot report: the rest goes on."""
        try:
            return driver(bus)
        except Exception:
            self._faults |= bit
            return None

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
        self._i2s.readinto(self._words)
        to_sound(self._words, HOP, self._left, self._right)
        self._doppler.hear(self._left, None, payloads.GAP_16)
        count = 0
        while self._strain and count < len(self._counts) and self._strain.ready():
            self._counts[count] = self._strain.counts()
            count += 1
        self._fhr.append(self._doppler.count)
        self._press.append(self._toco.update(self._counts, count, False))
        self._quality.append(self._doppler.quality_percent)
        if len(self._fhr) < payloads.RATE_HZ:
            return []
        trace = payloads.Trace(self._fhr, None, None, self._press, self._quality)
        payload = payloads.pack_trace(trace)
        for values in (self._fhr, self._press, self._quality):
            values.clear()
        return [payload]

    def extras(self, _now_ms: int) -> list:
        return []

    def battery_percent(self) -> int:
        percent = self._gauge.percent() if self._gauge else None
        return payloads.GAP_8 if percent is None else percent

    def placement(self):
        here = self._doppler.placement
        return here.level, int(here.own_heart), here.best_percent

    def free_kib(self) -> int:
        return free_kib()

    def new_session(self) -> int:
        return int.from_bytes(os.urandom(4), "little") or 1

    def zero_toco(self) -> None:
        self._toco.zero()

    def set_time(self, unix_ms: int) -> None:
        year, month, day, hour, minute, second, weekday, _ = time.gmtime(unix_ms // 1000 - EPOCH_S)
        self._memory.datetime((year, month, day, weekday, hour, minute, second, 0))

    def find_me(self) -> None:
        self._show(FIND_ME)

    def alert(self, text: str) -> None:
        self._show(of_alert(text))

    def battery_low(self) -> None:
        self._show(BATTERY_LOW)

    def power(self, mode: str) -> None:
        """The ultrasound is on while it records, never else."""
        on = MODES[mode].analog
        self._front.value(int(on))
        self._sound[0].duty_u16(32_768 if on else 0)
        self._sound[1].duty_u16(BURST_SHARE if on else 0)

    def note(self, task: int) -> None:
        self._note[0], self._note[1] = task, 0
        self._memory.memory(self._note)

    def feed(self) -> None:
        self._watchdog.feed()
        self._play(time.ticks_ms())

    def stalled(self) -> None:
        self._note[1] = 1
        self._memory.memory(self._note)
        machine.reset()

    def restart(self) -> None:
        machine.reset()

    def off(self) -> None:
        self._show(NOTHING)
        machine.deepsleep()

    def _show(self, pattern) -> None:
        self._pattern = pattern
        self._place = self._rounds = 0
        self._until_ms = time.ticks_ms()

    def _play(self, now_ms: int) -> None:
        """The next step of the pattern when it is due: on and off in turn."""
        colour, steps, times = self._pattern
        if time.ticks_diff(now_ms, self._until_ms) < 0:
            return
        if not steps or (times and self._rounds >= times):
            self._light(NOTHING[0], 0)
            return
        on_ms, off_ms, tone_hz = steps[self._place // 2]
        resting = self._place % 2
        self._light(NOTHING[0] if resting else colour, 0 if resting else tone_hz)
        self._until_ms = time.ticks_add(now_ms, off_ms if resting else on_ms)
        self._place = (self._place + 1) % (2 * len(steps))
        self._rounds += not self._place

    def _light(self, colour: str, tone_hz: int) -> None:
        self._lights[0].value(int(colour in (RED, AMBER)))
        self._lights[1].value(int(colour in (GREEN, AMBER)))
        if tone_hz:
            self._buzzer.freq(tone_hz)
        self._buzzer.duty_u16(32_768 if tone_hz else 0)
