"""Learning from a site's decisions: where its moderators' own verdicts would put a hold threshold."""

import math
from dataclasses import dataclass

from moderation.calibration import FEWEST_DECISIONS, Recalibration, recalibrate
from moderation.database import Connection
from moderation.policy import Policy

MOST_DECISIONS = 20_000
# Where log-odds count for less than this, decisions do not follow the score, and no threshold on it would be theirs.
_LEAST_WEIGHT = 0.25


class NothingToOffer(Exception):
    """There are too few decisions, or the site's own fit is not better; the message says which."""


@dataclass(frozen=True)
class Offer:
    """A new threshold for one label of one model, and the fit that it comes from."""

    model: str
    label: str
    hold_at: float
    instead_of: float
    fit: Recalibration

    def applied_to(self, policy: Policy) -> Policy:
        """The policy with the threshold in it."""
        bands = dict(policy.bands_for(self.model))
        bands[self.label] = bands[self.label].model_copy(update={"hold_at": self.hold_at})
        return policy.model_copy(update={"bands": {**policy.bands, self.model: bands}})


async def offer(conn: Connection, site_id: int, policy: Policy, model: str, label: str) -> Offer:
    """What the site's decisions make of `label`: the score at which they mean what the policy's threshold promises.

    Fitted on the older two thirds, measured on the rest. What is never decided by people (published at once) is not
    in it, so a threshold can be trusted near where comments are held now and no further. Raises NothingToOffer.
    """
    band = policy.bands_for(model).get(label)
    if band is None or band.hold_at is None:
        raise NothingToOffer(f"the policy does not hold by {label} of {model}")
    scores, removed = await _decisions(conn, site_id, model, label)
    fit = recalibrate(scores, removed)
    if fit is None:
        raise NothingToOffer(
            f"{len(scores)} decisions on comments scored by {model}, of which {sum(removed)} removed one: "
            f"{FEWEST_DECISIONS} of both kinds are needed"
        )
    weight, bias = fit.curve.weights[0], fit.curve.bias
    if weight < _LEAST_WEIGHT:
        raise NothingToOffer(f"{fit.decisions} decisions hardly follow the score (weight {weight:.2f})")
    if not fit.better:
        raise NothingToOffer(
            f"no better than the scores as they are, on {fit.decisions} decisions: "
            f"error {fit.error_after:.4f} against {fit.error_before:.4f}"
        )
    odds = (math.log(band.hold_at / (1 - band.hold_at)) - bias) / weight
    hold_at = round(min(0.99, max(0.01, 1 / (1 + math.exp(-odds)))), 3)
    return Offer(model, label, hold_at, band.hold_at, fit)


async def newest_version(conn: Connection, site_id: int, model: str) -> str:
    """The id, with its version, of the newest scores by `model` on a site; `model` itself if there are none."""
    found: str | None = await conn.fetchval(
        """SELECT s.model FROM decisions d
           JOIN scores s ON s.site_id = d.site_id AND s.comment_id = d.comment_id AND s.revision = d.revision
           WHERE d.site_id = $1 AND d.actor = 'staff' AND (s.model = $2 OR starts_with(s.model, $2 || '@'))
           ORDER BY d.id DESC LIMIT 1""",
        site_id,
        model,
    )
    return found or model


async def _decisions(
    conn: Connection, site_id: int, model: str, label: str
) -> tuple[list[float], list[bool]]:
    """Scores and whether the comment was removed, oldest first; the last decision on each comment, by staff."""
    rows = await conn.fetch(
        """SELECT score, removed FROM (
               SELECT DISTINCT ON (d.comment_id) d.id, (s.labels ->> $3)::float8 AS score, d.to_status = 'rejected' AS removed
               FROM decisions d
               JOIN scores s ON s.site_id = d.site_id AND s.comment_id = d.comment_id AND s.revision = d.revision
                    AND s.model = $2
               WHERE d.site_id = $1 AND d.actor = 'staff' AND d.to_status IN ('published', 'rejected')
               ORDER BY d.comment_id, d.id DESC) last
           WHERE score IS NOT NULL ORDER BY id DESC LIMIT $4""",
        site_id,
        model,
        label,
        MOST_DECISIONS,
    )
    rows.reverse()
    return [row["score"] for row in rows], [row["removed"] for row in rows]
