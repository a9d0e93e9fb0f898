"""What is shown, as structs and sorted for a reader: host, fleet, drift, history, plan, change, incident."""
