import type { Signal } from "@preact/signals";
import type { HouseRule } from "../types.ts";

/** How many days back one looks; each choice with its name. */
export function LastDays({ days, choices }: { days: Signal<number>; choices: Record<number, string> }) {
  return (
    <label>
      The last
      <select
        value={String(days.value)}
        onChange={(event) => {
          days.value = Number(event.currentTarget.value);
        }}
      >
        {Object.entries(choices).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The field `reason` of a form: which rule was broken. */
export function RuleChoice({ label, rules }: { label: string; rules: HouseRule[] }) {
  return (
    <label>
      {label}
      <select name="reason" required>
        {rules.map(({ code, title }) => (
          <option key={code} value={code}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
