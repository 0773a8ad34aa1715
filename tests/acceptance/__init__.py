"""Stories: what a citizen, a camera or a worker sees of the whole hub, one story a file."""
