"""The scripted day: people, probes and providers around the real service, on a simulated clock."""
