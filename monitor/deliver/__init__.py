"""What goes out to people: the letter rendered and written."""
