"""Text files as people leave them: UTF-8 with or without a mark; anything else is named."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(eq=False)
class NotUtf8(ValueError):
    """A file that is no UTF-8, the line at which that shows, and what to do."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行起{self.problem}：{self.remedy}"


def read_utf8(path: Path) -> str:
    """The text of a file, without a byte order mark; raises NotUtf8, OSError."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        problem, remedy = "不是 UTF-8 文本", "请确认文件没有损坏，另存为 UTF-8。"
    else:
        problem = "是 GBK 编码，不是 UTF-8"
        command = f"iconv -f GB18030 -t UTF-8 {path.name}"
        remedy = f"请另存为 UTF-8（Excel 里选“CSV UTF-8”），或执行 {command}。"
    raise NotUtf8(path.name, line, problem, remedy)
