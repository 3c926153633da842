"""Readers who have trouble commenting: tickets, and pages that work without scripts."""

from service.endpoint import Route

ROUTES: list[Route] = []
PAGES: list[object] = []
