"""Publishing licences, beside one signature a file."""
