"""Who decides an item, when: dated periods, from the item system and from the bureau."""
