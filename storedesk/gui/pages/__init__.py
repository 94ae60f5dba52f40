"""One module per page; each is built when it is first visited."""
