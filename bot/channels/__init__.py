"""Where messages come from and go to: one folder or file for each platform."""
