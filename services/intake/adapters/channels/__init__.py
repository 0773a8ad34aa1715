"""Channels (渠道): how to read each format in which a registered source may speak."""

from collections.abc import Callable

from services.intake.adapters import cameras, hotline, messages
from services.intake.adapters.channels import chat, open311, rows
from services.intake.adapters.envelope import Letter
from services.intake.domain.registered import Channel
from services.intake.domain.submission import Statement

Recogniser = Callable[[Letter], list[Statement]]

CHANNELS: dict[Channel, Recogniser] = {
    Channel.HOTLINE: hotline.statements,
    Channel.CAMERA: cameras.statements,
    Channel.REPORT: messages.statements,
    Channel.ROWS: rows.statements,
    Channel.WECOM: chat.statements,
    Channel.ROBOT: chat.statements,
    Channel.OPEN311: open311.statements,
}
