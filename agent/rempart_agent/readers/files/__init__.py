"""Files of a target that several tables read; travels."""
