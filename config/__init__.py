"""What differs between forces and between installations."""
