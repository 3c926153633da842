import type { ComponentChildren } from "preact";

export function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

interface NumberProps {
  label: string;
  value: number | null;
  onChange: (value: number | null) => void;
  /** A share from 0 to 1 instead of a count. */
  share?: boolean;
  /** Said aloud instead of the label, where a heading says the rest. */
  spoken?: string;
}

/** A number, or nothing. */
export function NumberField({ label, value, onChange, share = false, spoken }: NumberProps) {
  return (
    <label class="field">
      {label}
      <input
        type="number"
        min={0}
        max={share ? 1 : 1_000_000}
        step={share ? 0.01 : 1}
        aria-label={spoken}
        value={value ?? ""}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onChange(text === "" ? null : Number(text));
        }}
      />
    </label>
  );
}

export function Check(props: { label: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.value}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: Partial<Record<T, string>>;
  onChange: (value: T) => void;
}

export function ChoiceField<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {(Object.entries(options) as [T, string][]).map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface LinesProps {
  label: string;
  lines: string[];
  onChange: (lines: string[]) => void;
  mono?: boolean;
}

/** A list, one to a line. */
export function Lines({ label, lines, onChange, mono = false }: LinesProps) {
  return (
    <label class="field lines">
      {label}
      <textarea
        rows={Math.min(8, Math.max(2, lines.length + 1))}
        class={mono ? "mono" : ""}
        dir="auto"
        spellcheck={false}
        value={lines.join("\n")}
        onChange={(event) =>
          onChange(
            event.currentTarget.value
              .split("\n")
              .map((line) => line.trim())
              .filter(Boolean),
          )
        }
      />
    </label>
  );
}
