"""What changed from one version of a policy to the next: setting by setting, lists by what came and went."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderation.policy import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that changed: by `before` and `after` (None: was or is not there), a list by what was added and removed."""

    path: str
    before: Any = None
    after: Any = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "added": list(self.added),
            "removed": list(self.removed),
        }


def diff(before: Policy, after: Policy) -> list[Change]:
    """The changes, by path. Word lists are told apart by their names."""
    old, new = _leaves(before), _leaves(after)
    changes = []
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if was == now:
            continue
        if isinstance(was or now, tuple):
            had, has = was or (), now or ()
            added = tuple(one for one in has if one not in set(had))
            removed = tuple(one for one in had if one not in set(has))
            if added or removed:
                changes.append(Change(path, added=added, removed=removed))
        else:
            changes.append(Change(path, was, now))
    return changes


def _leaves(policy: Policy) -> dict[str, Any]:
    found: dict[str, Any] = {}
    document = policy.model_dump(mode="json")
    lists = document.pop("word_lists")
    for number, word_list in enumerate(lists):
        # Two lists may have one name: they are the first and the second of that name.
        name = word_list.pop("name")
        again = sum(other.get("name") == name for other in lists[number + 1 :])
        _walk(f"word_lists/{name}{f' ({again + 1})' if again else ''}", word_list, found)
    _walk("", document, found)
    return found


def _walk(path: str, value: Any, found: dict[str, Any]) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _walk(f"{path}/{name}" if path else name, inner, found)
    elif isinstance(value, list):
        found[path] = tuple(value)
    else:
        found[path] = value
