"""The waiver plan: per material what stands for it, or why it must be brought."""
