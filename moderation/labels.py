"""The labels of the bundled classifier: Jigsaw's six under the names that Detoxify's unbiased models use."""

LABELS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")
JIGSAW_COLUMNS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""The columns of the Jigsaw challenge, in the same order."""
