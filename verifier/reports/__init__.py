"""What a verdict says, for programs and for people."""
