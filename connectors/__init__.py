"""How each system is read: one YAML a system, one file a transport."""
