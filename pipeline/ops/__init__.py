"""What operations see and do: outages, alarms and their telling, reports, letters, deeds."""
