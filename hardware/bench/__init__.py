"""The laboratory bench: where the firmware hears what the models make. For commands and tests."""
