"""The outside of intake: formats of the sources, and the key of the pseudonyms."""
