"""Licences for wallets: SD-JWT verifiable credentials."""
