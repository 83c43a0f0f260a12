"""A set of numbers kept as ranges: little memory when they mostly are neighbours."""


class Ranges:
    """A set of whole numbers that mostly are neighbours: ascending [first, last] pairs."""

    def __init__(self) -> None:
        self.pairs: list[list[int]] = []
        self.count = 0

    def __contains__(self, n: int) -> bool:
        return any(first <= n <= last for first, last in self.pairs)

    def touches(self, first: int, last: int) -> bool:
        """Is any of first..last in?"""
        return any(low <= last and high >= first for low, high in self.pairs)

    def add(self, first: int, last: int | None = None) -> None:
        """One number, or all of first..last."""
        if last is None or first == last:
            self._add(first)
        elif self.pairs and first <= self.pairs[-1][1]:
            for n in range(first, last + 1):
                self._add(n)
        else:
            self.count += last - first + 1
            if self.pairs and self.pairs[-1][1] == first - 1:
                first = self.pairs.pop()[0]
            self.pairs.append([first, last])

    def _add(self, n: int) -> None:
        at = len(self.pairs)  # new numbers are nearly always the largest
        while at and self.pairs[at - 1][0] > n:
            at -= 1
        before = self.pairs[at - 1] if at else None
        if before and n <= before[1]:
            return
        self.pairs.insert(at, [n, n])
        self.count += 1
        if at + 1 < len(self.pairs) and self.pairs[at + 1][0] == n + 1:
            self.pairs[at][1] = self.pairs.pop(at + 1)[1]
        if before and before[1] == n - 1:
            before[1] = self.pairs.pop(at)[1]

    def remove(self, first: int, last: int) -> int:
        """Take out first..last; returns how many of them were in."""
        kept = []
        was = self.count
        for low, high in self.pairs:
            if high < first or low > last:
                kept.append([low, high])
                continue
            self.count -= min(high, last) - max(low, first) + 1
            if low < first:
                kept.append([low, first - 1])
            if high > last:
                kept.append([last + 1, high])
        self.pairs = kept
        return was - self.count
