"""What keeps the comments of a live page from working, found by asking the page and the service as a browser would."""

from service.doctor.checks import Finding, Verdict, examine
from service.doctor.keys import examine_keys

__all__ = ["Finding", "Verdict", "examine", "examine_keys"]
