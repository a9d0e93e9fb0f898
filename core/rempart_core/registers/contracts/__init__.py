"""What each register holds, by theme."""
