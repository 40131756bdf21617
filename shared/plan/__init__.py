"""The tracking plan: check events against their definitions, and the reasons for rejecting them."""
