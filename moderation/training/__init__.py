"""How the bundled classifier is made. Nothing here is imported when a comment is judged."""
