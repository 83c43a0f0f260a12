"""What a mother's own pages show: before, during and after a recording."""
