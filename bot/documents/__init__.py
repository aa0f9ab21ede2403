"""Papers for boards and panels: what stands in them, whatever they are printed as."""

from bot.documents.model import Document, Part, Section, all_parts

__all__ = ["Document", "Part", "Section", "all_parts"]
