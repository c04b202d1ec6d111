"""What follows from the contract."""
