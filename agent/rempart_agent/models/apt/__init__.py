"""What apt makes of its configuration, sources and lists; held against apt 3.0 (``apt-get indextargets``, ``-s``)."""
