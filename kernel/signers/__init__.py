"""Signing keys: in files or in a device, one ring a use."""
