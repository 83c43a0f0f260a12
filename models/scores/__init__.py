"""Scores of a strip as the tables print them: ALGORITHMS 5. Each names its variant and source."""

from models.scores.antepartum import ANTEPARTUM
from models.scores.columns import COLUMNS
from models.scores.measures import Measures, last
from models.scores.nice import NICE
from models.scores.points import POINTS
from models.scores.rules import RULES
from models.scores.table import Score, score

TABLES = (*POINTS, *RULES, *COLUMNS, NICE, *ANTEPARTUM)


def scores(measures: Measures) -> dict[str, Score]:
    """Every table on the end of a strip, by the table's id."""
    parts = {window_s: last(measures, window_s) for window_s in {one.window_s for one in TABLES}}
    return {table.id: score(table, parts[table.window_s]) for table in TABLES}
