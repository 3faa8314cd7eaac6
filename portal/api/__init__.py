"""The portal for programs: version 1 of its JSON addresses."""
