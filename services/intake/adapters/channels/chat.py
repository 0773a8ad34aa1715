"""Messages of a chat: what WeCom calls back (企业微信, XML or JSON), and plain robots (机器人).

Much in a chat is no report. All that has words, a picture or a place is handed on all the
same; what is none of it (somebody joined) is heard, and says nothing.
"""

from typing import Any

from services.intake.adapters.documents import read_document
from services.intake.adapters.envelope import Letter
from services.intake.adapters.fields import addresses, mapping, mappings, number
from services.intake.adapters.messages import read_message
from services.intake.domain.submission import Media, Statement
from services.intake.ports import BadField
from services.reference.written import text

SILENT = frozenset({"event", "unknown", "stream", "enter_chat", "enter_agent"})
KINDS = ("MsgType", "msgtype", "msgType", "type")
IDS = ("MsgId", "msgid", "msgId", "message_id", "MsgID", "id")
CHATS = ("ChatId", "chatid", "conversationId", "chat_id")


def statements(letter: Letter) -> list[Statement]:
    """What one message says. Raises BadField for one of a kind that should have words."""
    fields = read_document(letter).fields
    message = fields["xml"] if isinstance(fields.get("xml"), dict) else fields
    if text(message, *KINDS).lower() in SILENT:
        return []
    plain = _plain(message, letter)
    if not plain["text"] and not plain["pictures"]:
        raise BadField("text", "消息没有文字，也没有图片或位置")
    origin = letter.origin
    kind = origin.kind if origin else None
    return [read_message(plain, letter.id, kind, within=origin.id if origin else "")]


def _plain(message: dict[str, Any], letter: Letter) -> dict[str, Any]:
    """The message in the shape of `upstream.messages`."""
    sender = mapping(message, "From", "from")
    location = mapping(message, "Location", "location")
    chat = text(message, *CHATS)
    groups = letter.origin.groups if letter.origin else {}
    return {
        "message_id": text(message, *IDS),
        "text": _words(message),
        "pictures": _pictures(message),
        "sender": text(message, "FromUserName", "senderStaffId", "sender", "sender_id")
        or text(sender, "UserId", "userid", "Alias"),
        "sender_name": text(message, "senderNick", "sender_name") or text(sender, "Name", "name"),
        "group": groups.get(chat) or text(message, "conversationTitle", "group", "chat_name"),
        "sent_at": text(message, "CreateTime", "create_time", "createAt", "sent_at", "time"),
        "address": text(message, "Label", "address") or text(location, "Label", "name"),
        "latitude": number(message | location, "Location_X", "latitude"),
        "longitude": number(message | location, "Location_Y", "longitude"),
    }


def _words(message: dict[str, Any]) -> str:
    """The words of a text, of speech that was recognised, of a link, or of several parts."""
    said = [text(message, "Content", "content", "text", "Recognition", "Title", "Label")]
    inner = [mapping(message, each) for each in ("Text", "text", "voice", "Voice", "markdown")]
    inner += [mapping(part, "text", "Text") for part in _parts(message)]
    said += [text(each, "Content", "content") for each in inner]
    return "\n".join(dict.fromkeys(filter(None, said)))


def _pictures(message: dict[str, Any]) -> list[Media]:
    found: list[Media] = list(addresses(message, "PicUrl", "pictures"))
    for part in (message, *_parts(message)):
        image = mapping(part, "image", "Image")
        found += filter(None, [text(image, "url", "ImageUrl", "PicUrl")])
    return list(dict.fromkeys(found))


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a mixed message (图文混排)."""
    mixed = mapping(message, "mixed", "MixedMessage")
    return mappings(mixed.get("msg_item", mixed.get("MsgItem")))
