"""The box in the home or clinic: local broker, intake, outbox on disk, uplink."""
