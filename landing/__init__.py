"""Keep raw, check, quarantine, store; cursors and findings."""
