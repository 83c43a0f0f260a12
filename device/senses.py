"""What the probe's slow sensors tell, four times a second: toco, light, motion, face.

The drivers come in; one that was not found is None. A chip that does not answer is a GAP for that
time and nothing else: its cable may be loose.
"""

from array import array

from device import power, spoken
from device.oximeter import Oximeter
from device.respiration import Respiration
from device.skin import Skin
from device.toco import Toco

SPO2, PULSE, RESPIRATION = 3, 4, 5  # of payloads.VITAL_SIGNS
VITALS = 240  # updates between two: 60 s
DEPTH = 32  # samples in the chips' FIFO
MOVING_MG = 80  # between the least and the most of an axis in 250 ms; ASSUMED
FACE = 40  # updates between two readings of the face: 10 s


class Senses:
    def __init__(self, strain, light, face, motion, toco: Toco) -> None:
        self._strain, self._light, self._face, self._motion = strain, light, face, motion
        self.toco = toco
        self.skin = Skin()
        self.toco_count = spoken.GAP_8
        self.moving = False
        self._oximeter = Oximeter()
        self._respiration = Respiration()
        self._told = {SPO2: spoken.GAP_16, PULSE: spoken.GAP_16}  # the last that were known
        self._lit = self._tried = False  # is the light on? was it in this minute?
        self._face_centi: int | None = None
        self._updates = 0
        self._counts = array("i", [0] * DEPTH)
        self._red, self._infrared = array("I", [0] * DEPTH), array("I", [0] * DEPTH)
        self._axes = tuple(array("h", [0] * DEPTH) for _ in range(3))

    @property
    def pulse(self) -> int:
        """Quarter beats a minute, GAP_16 unknown."""
        return self._oximeter.pulse if self._lit else spoken.GAP_16

    def update(self, now_ms: int, level: int, battery_percent: int) -> list:
        """Each 250 ms; level: of the placement. Returns what extras() of a board gives."""
        self._updates += 1
        self._feel_motion()
        self.toco_count = self.toco.update(self._counts, self._pull(), self.moving)
        self._look(power.oximeter_on(now_ms, battery_percent))
        self._feel_face()
        was_on = self.skin.on
        self.skin.update(level, self.moving, self._face_centi)
        happened: list = []
        if self.skin.on != was_on:
            happened.append((spoken.PROBE_ON if self.skin.on else spoken.PROBE_OFF, 0))
        if self._updates % VITALS == 0:
            values = self._vitals()
            if values:
                happened.append(("vitals", values))
        return happened

    def _feel_motion(self) -> None:
        x, y, z = self._axes
        count = self._motion and _answer(self._motion.read_into, x, y, z)
        self.moving = False
        if not count:
            return
        for axis in self._axes:
            part = axis[:count]
            self.moving = self.moving or max(part) - min(part) > MOVING_MG
        self._respiration.add(sum(z[:count]) // count, self.moving)

    def _pull(self) -> int:
        """How many counts of the strain gauge there are."""
        count = 0
        while self._strain and count < DEPTH and _answer(self._strain.ready):
            value = _answer(self._strain.counts)
            if value is None:
                return 0
            self._counts[count] = value
            count += 1
        return count

    def _look(self, wanted: bool) -> None:
        light = self._light
        if light is None:
            return
        if wanted != self._lit:
            self._lit = wanted
            self._oximeter.clear()
            self._oximeter.measure(False)  # nothing is known until its window is full again
            _answer(light.start if wanted else light.sleep)
        if not self._lit:
            return
        self._tried = True
        lost = light.lost
        count = _answer(light.read_into, self._red, self._infrared)
        if count is None or light.lost != lost:
            self._oximeter.clear()
        for n in range(count or 0):
            self._oximeter.add(self._red[n], self._infrared[n])
        if self._updates % spoken.RATE_HZ == 0:
            self._oximeter.measure(self.moving)
            found = {SPO2: self._oximeter.spo2, PULSE: self._oximeter.pulse}
            self._told.update((c, v) for c, v in found.items() if v != spoken.GAP_16)

    def _feel_face(self) -> None:
        """A reading takes 125 ms: it is begun here and taken at the next turn."""
        if self._face is None or self._updates % FACE > 1:
            return
        if self._updates % FACE == 0:
            _answer(self._face.start)
        else:
            self._face_centi = _answer(self._face.centidegrees)

    def _vitals(self) -> dict[int, int]:
        values = {}
        if self._tried:
            values.update(self._told)
            self._told = {SPO2: spoken.GAP_16, PULSE: spoken.GAP_16}
            self._tried = False
        if self._motion:
            values[RESPIRATION] = self._respiration.measure()
        return values


def _answer(ask, *arguments):
    """What a chip says; None when it does not answer."""
    try:
        return ask(*arguments)
    except OSError:
        return None
