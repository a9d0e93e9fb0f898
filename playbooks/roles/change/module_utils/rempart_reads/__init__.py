"""What the module ``rempart_read`` reads of accounts: who logged in when, and whom a key opens."""
