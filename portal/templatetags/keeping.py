"""Renders a piece of a page once for all readers who are to see the same."""

from __future__ import annotations

from collections.abc import Hashable

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.timezone import localdate

from portal.fragments import kept
from portal.unchanged import stamp_of

register = template.Library()


@register.simple_tag(takes_context=True)
def kept_key(context: Context, identity: Hashable | None) -> Hashable | None:
    """What pieces of the page are kept under: *identity*, the day, and what is published now.

    ``None`` keeps nothing.
    """
    if identity is None:
        return None
    return identity, localdate(), stamp_of(context.get("request"))


@register.tag("keep")
def do_keep(parser: Parser, token: Token) -> KeptNode:
    """``{% keep key "name" [condition] %}…{% kept %}``: what it holds, rendered once.

    It is kept under the key and its name when there is a key and the condition holds. It may then
    depend on nothing that is not in the key: no reader, no form, no query.
    """
    words = token.split_contents()
    if len(words) not in (3, 4):
        raise template.TemplateSyntaxError("keep takes a key, a name and perhaps a condition.")
    key, *condition = (parser.compile_filter(word) for word in (words[1], *words[3:]))
    nodes = parser.parse(("kept",))
    parser.delete_first_token()
    return KeptNode(key, condition, words[2].strip("\"'"), nodes)


class KeptNode(template.Node):
    """The piece between the tags."""

    def __init__(
        self,
        key: FilterExpression,
        conditions: list[FilterExpression],
        name: str,
        nodelist: NodeList,
    ) -> None:
        self.key = key
        self.conditions = conditions
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        """The kept text; what is rendered anew is kept for the next reader.

        A portal that is being worked on (PORTAL_DEBUG) keeps nothing.
        """
        key = self.key.resolve(context)
        wanted = all(each.resolve(context) for each in self.conditions)
        if key is None or settings.DEBUG or not wanted:
            return self.nodelist.render(context)
        text = kept.get((self.name, key))
        if text is None:
            text = self.nodelist.render(context)
            kept.put((self.name, key), text)
        return text
