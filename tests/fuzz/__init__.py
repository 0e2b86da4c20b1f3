"""Fuzzing by hand: needs atheris, which is in no lock."""
