"""Messages on their way to phones: the outbox, who carries them, and what became of them."""
