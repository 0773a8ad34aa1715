"""Where a message's title ends that was not kept apart: people begin with the matter."""

import re

ADDRESS = re.compile("尊敬|您好|你好|领导|我是|本人|我叫|我们是")
"""With these words a letter begins after its title."""
STOP = re.compile("[，。？！；：,?!]")
FIRST, LAST, LAST_STOP = 6, 60, 50
"""Characters among which a title ends, by an address or by a stop."""
LEAST = 8
USUAL = 30
"""Characters that are taken for the title where nothing ends it."""


def headline(text: str) -> str:
    """The beginning of a text, up to where its title seems to end."""
    if address := ADDRESS.search(text, FIRST, LAST):
        return text[: address.start()]
    stop = STOP.search(text, LEAST, LAST_STOP)
    return text[: stop.end()] if stop else text[:USUAL]
