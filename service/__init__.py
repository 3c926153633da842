"""Everything of Parley that speaks HTTP, and the command line that puts the parts together."""
