"""An upgrade with the older programs beside the newer ones."""
