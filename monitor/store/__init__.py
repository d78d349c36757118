"""The only SQL. One module per aggregate; functions take the open database and values of `models`."""
