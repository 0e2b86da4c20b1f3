"""Licences handed to holders' wallets: offers, credentials, their status list."""
