"""Judging comments: the queue, the policy, the decisions and the classifiers. Knows nothing of HTTP."""
