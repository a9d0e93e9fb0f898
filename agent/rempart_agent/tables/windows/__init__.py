"""Tables of a Windows system that lies on a disk, named and filled as osquery's on Windows."""
