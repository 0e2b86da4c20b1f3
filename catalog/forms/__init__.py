"""What items' forms ask: proposed by departments, decided by the bureau, asked once (一套表格)."""
