"""What tries to run in whoever reads it: strings and addresses, and a home that is full of them."""
