const UNITS = { day: 86_400, hour: 3_600, minute: 60 };

/** A span of seconds in its largest fitting unit: "2 minutes", "1 hour". */
export function duration(seconds: number, locale: string): string {
  const [unit, size] = Object.entries(UNITS).find(([, s]) => seconds >= s) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.round(seconds / size),
  );
}
