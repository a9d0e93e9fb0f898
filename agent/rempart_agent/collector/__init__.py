"""The program that runs on an endpoint and answers reads; travels."""
