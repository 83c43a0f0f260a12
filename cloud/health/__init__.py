"""Whether the service works: its parts looked at, counted, logged and watched from outside."""
