"""The repeatable steps and the one place of wiring."""
