"""Pure analysis and decision on fetal heart traces: no I/O, no clock."""
