"""What a run is pointed at, one module each."""
