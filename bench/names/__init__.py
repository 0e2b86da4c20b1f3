"""How well names are unified: real names, labelled by readers."""
