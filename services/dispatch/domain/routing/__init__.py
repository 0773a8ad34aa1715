"""The routing table (分派规则): which incident goes where, by whom, by when, in which way."""
