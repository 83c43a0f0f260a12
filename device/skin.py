"""Whether the probe lies on skin, and whether its ultrasound may be on. No I/O and no clock.

It has left the skin when for a minute nothing moves it, no heart is heard and its face is cold.
Whoever picks it up moves it: then it is on again. A face that is too warm stops it at once
(IEC 60601-2-37: 43 Cel on skin). COLD is ASSUMED: only a real probe shows how its face cools.
"""

AWAY = 240  # updates: 60 s
COLD_CENTI = 3000  # of the face, 0.01 Cel
HOT_CENTI, COOL_CENTI = 4250, 4100  # off from here on, and on again below


class Skin:
    def __init__(self) -> None:
        self.on = True
        self._away = 0
        self._hot = False

    @property
    def may_transmit(self) -> bool:
        return self.on and not self._hot

    def update(self, level: int, moving: bool, face_centi: int | None) -> None:
        """Each 250 ms. level: of device/placement.py; face_centi: None when it is not known, and
        then nothing is guessed."""
        cold = face_centi is not None and face_centi < COLD_CENTI
        self._away = self._away + 1 if cold and not moving and not level else 0
        if self._away >= AWAY:
            self.on = False
        elif moving or (face_centi is not None and not cold):
            self.on = True
        if face_centi is not None:
            self._hot = face_centi >= (COOL_CENTI if self._hot else HOT_CENTI)
