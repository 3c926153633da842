"""Pages of threads for those who run no script of ours: readers, crawlers, and other sites that show one comment."""

from service.public.pages import PAGES

__all__ = ["PAGES"]
