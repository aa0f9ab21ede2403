"""Where platforms are written to, in the database: heard by one process, used by another."""

from __future__ import annotations

from datetime import datetime

from bot.conversations import Conversation
from store.channel_tables import ConversationRow
from store.database import Database
from store.writing import insert_new


class SqlConversations:
    """The conversations of one platform.  Each call is a transaction of its own."""

    def __init__(self, database: Database, *, platform: str) -> None:
        self._database = database
        self._platform = platform

    def find(self, address: str) -> Conversation | None:
        """Return where a channel or person is written to; None where nothing was heard yet."""
        with self._database.reading() as session:
            row = session.get(ConversationRow, (self._platform, address))
            if row is None:
                return None
            return Conversation(id=row.conversation, service_url=row.service_url)

    def keep(self, address: str, conversation: Conversation, *, now: datetime) -> None:
        """Remember where a channel or person was heard last."""
        row = ConversationRow(
            platform=self._platform,
            address=address,
            conversation=conversation.id,
            service_url=conversation.service_url,
            since=now,
        )
        if self.find(address) == conversation:
            return
        with self._database.transaction() as session:
            if not insert_new(session, row):
                session.merge(row)
