"""The emulator of AWS that a laptop stack runs on: MiniStack, with what it does otherwise than AWS corrected."""
