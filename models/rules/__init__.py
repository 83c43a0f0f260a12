"""When somebody is called: the alarm catalogue as data, with the exact words for both sides.

To change a limit, change its row; to change any row, raise CATALOGUE_VERSION. A rule of side
"below", "above" or "under reference" is true when, of the valid samples in the last `window_s`, a
`share` of at least that much lies beyond `limit`, and at least VALID_SHARE of the window is valid
(the k-of-n family of ALGORITHMS 8.2: a strict counter misses most true events because dips bounce).
It is over when, for `rearm_s`, no such share is beyond and the signal is good enough to tell. Rows
stand strongest first.

Texts are gettext message ids; %(name)s fields come from the reason. Decision support: the limits
come from published definitions and are not a clinical validation.
"""

from models.rules.fetal import FETAL
from models.rules.mother import MOTHER
from models.rules.rule import CATALOGUE_VERSION as CATALOGUE_VERSION
from models.rules.rule import COVER_S as COVER_S
from models.rules.rule import HIGHEST_BPM as HIGHEST_BPM
from models.rules.rule import JOIN_S as JOIN_S
from models.rules.rule import LOWEST_BPM as LOWEST_BPM
from models.rules.rule import RANK as RANK
from models.rules.rule import VALID_SHARE as VALID_SHARE
from models.rules.rule import Rule as Rule
from models.rules.strip import STRIP
from models.rules.technical import TECHNICAL

RULES = (*FETAL, *STRIP, *MOTHER, *TECHNICAL)
BY_ID = {rule.id: rule for rule in RULES}
STREAMED = tuple(rule for rule in RULES if rule.where == "trace")
JUDGED = tuple(rule for rule in RULES if rule.where == "strip")
REPORTED = tuple(rule for rule in RULES if rule.where == "report")
