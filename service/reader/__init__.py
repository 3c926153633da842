"""What readers do: threads, comments, votes, reports, their own comments, live events."""
