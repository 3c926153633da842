/** Times in the reader's own words, by Intl. For the widget and the console. */

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * "3 minutes ago" within a week, then a date (with the year if it is another). Under a minute it is `just`.
 * `then` is RFC 3339; `now` is milliseconds since the epoch, already corrected for clock skew.
 */
export function timeAgo(then: string, now: number, locale: string, just: string): string {
  const at = Date.parse(then);
  const seconds = Math.round((now - at) / 1000);
  if (seconds < 60) return just;
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(seconds / size);
    if (amount < 1) continue;
    if (unit === "day" && amount >= 7) break;
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-amount, unit);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
  }).format(at);
}

/** The whole date and time, for a tooltip or a `title`. */
export function fullTime(then: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(Date.parse(then));
}
