"""Package databases and repositories, for several tables; travels."""
