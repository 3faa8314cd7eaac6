"""The words of the portal's mails: plain text, one address a line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """One follow in a mail; ``documents`` are (title with number, address)."""

    name: str
    note: str
    changed: bool
    documents: tuple[tuple[str, str], ...]
    stop: str


def news_text(items: list[Told], following: str, stop_all: str) -> str:
    """The body of a mail of news."""
    lines = ["您关注的有新的变化。", ""]
    for item in items:
        lines.append(f"【{one_line(item.name)}】")
        if item.note:
            lines.append(f"（{one_line(item.note)}）")
        for title, url in item.documents:
            lines += ["", ("有变动：" if item.changed else "") + one_line(title), url]
        lines += ["", "不再为这一项发邮件：", item.stop, ""]
    lines += ["-- ", f"我的关注：{following}", f"全部停止：{stop_all}", ""]
    return "\n".join(lines)


def confirm_text(url: str) -> str:
    """The body of the mail that asks whose address it is."""
    return (
        "有人（但愿是您）请政策文库把关注的新文件发到这个邮箱。\n\n"
        f"请在两天内打开下面的地址确认：\n{url}\n\n"
        "不是您？不必理会，不会再有邮件。\n"
    )


def one_line(text: str) -> str:
    """*text* without line ends, so that nobody's text can pass for the portal's own lines."""
    return " ".join(text.split())
