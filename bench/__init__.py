"""What the portal's work costs on this machine, beside its peers where it has any."""
