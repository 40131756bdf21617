"""The laptop target: an emulator of AWS on this machine, its ports, its state and its life."""
