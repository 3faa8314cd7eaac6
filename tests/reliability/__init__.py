"""What holds when things break, or when too much is asked."""
