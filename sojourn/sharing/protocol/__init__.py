"""What nodes say to each other, as pure functions of bytes: no database, no network, no clock."""
