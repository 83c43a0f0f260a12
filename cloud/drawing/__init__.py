"""A strip on paper: what is marked, where words find a place, and how it is drawn with any pen."""
