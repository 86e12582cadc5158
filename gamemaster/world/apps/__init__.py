"""Apps: a digital space as worlds: accounts, calendar, mail, chat, shop, search, a social feed; and tools from outside."""

from gamemaster.world.apps.app import App, Document, apps_in, screen, screen_data
from gamemaster.world.apps.balanced import balanced
from gamemaster.world.apps.calendar import Calendar
from gamemaster.world.apps.chat import Channel, Chat, Membership, Post
from gamemaster.world.apps.feed import Feed, FeedPost
from gamemaster.world.apps.in_sequence import in_sequence
from gamemaster.world.apps.mail import Letter, Mail
from gamemaster.world.apps.meeting import Entry, Meeting, Reply
from gamemaster.world.apps.search import Page, Search
from gamemaster.world.apps.shop import Order, Product, Shop
from gamemaster.world.apps.user_accounts import Level, UserAccounts
from gamemaster.world.apps.week import Week

__all__ = [
    "App",
    "Calendar",
    "Channel",
    "Chat",
    "Document",
    "Entry",
    "Feed",
    "FeedPost",
    "Letter",
    "Level",
    "Mail",
    "Meeting",
    "Membership",
    "Order",
    "Page",
    "Post",
    "Product",
    "Reply",
    "Search",
    "Shop",
    "UserAccounts",
    "Week",
    "apps_in",
    "balanced",
    "in_sequence",
    "screen",
    "screen_data",
]
