import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { exposure } from "../exposure.ts";
import { notify } from "../notices.ts";
import { leaveOffice } from "../office.ts";
import { type Prefs, prefs, setPref } from "../prefs.ts";
import { place } from "../router.ts";
import { inWords, session, site } from "../session.ts";
import { plural } from "../words.ts";
import { PlaceLink } from "./links.tsx";

function Choice<K extends keyof Prefs>({
  name,
  label,
  options,
}: {
  name: K;
  label: string;
  options: [Prefs[K], string][];
}) {
  return (
    <label class="pref">
      {label}
      <select
        value={String(prefs.value[name])}
        onChange={(event) => {
          const chosen = options.find(([value]) => String(value) === event.currentTarget.value);
          if (chosen) setPref(name, chosen[0]);
        }}
      >
        {options.map(([value, words]) => (
          <option key={String(value)} value={String(value)}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Who one is, how one likes it, and the way out. */
export function Menu() {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  // Whoever goes elsewhere is done with it.
  useSignalEffect(() => {
    if (place.value) open.value = false;
  });
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const staff = session.value?.staff;
  return (
    <div
      class="menu"
      role="group"
      aria-label="Account"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        open.value = false;
        button.current?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget && !box.current?.contains(event.relatedTarget as Node)) open.value = false;
      }}
    >
      <button
        type="button"
        class="person"
        ref={button}
        aria-expanded={open.value}
        aria-label={`${staff?.name}: account and preferences`}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {[...(staff?.name ?? "?")][0]}
      </button>
      {open.value && (
        <div class="menu-panel">
          <p>
            <b>{staff?.name}</b>
            <span class="muted block">
              {staff?.email}
              {site.value && ` · ${site.value.role}`}
            </span>
          </p>
          <Choice
            name="theme"
            label="Colours"
            options={[
              ["system", "As the system"],
              ["light", "Light"],
              ["dark", "Dark"],
            ]}
          />
          <Choice
            name="mask"
            label="Blur comments"
            options={[
              ["off", "Never"],
              ["severe", "Those that score high"],
              ["all", "All, until revealed"],
            ]}
          />
          <Choice
            name="text"
            label="Text"
            options={[
              ["shown", "As readers see it"],
              ["typed", "As typed, with marks"],
            ]}
          />
          <Choice
            name="breaks"
            label="Suggest a break"
            options={[
              [0, "Never"],
              [20, "After 20 that score high"],
              [50, "After 50 that score high"],
            ]}
          />
          <p class="muted fine">
            Today you have seen {plural(exposure.value.severe, "comment")} that score high.
          </p>
          <label class="check">
            <input
              type="checkbox"
              checked={prefs.value.keys}
              onChange={(event) => setPref("keys", event.currentTarget.checked)}
            />
            Single keys
          </label>
          {site.value && <PlaceLink to={{ view: "account", site: site.value.key }}>Your account</PlaceLink>}
          <button
            type="button"
            class="plain"
            onClick={() =>
              leaveOffice().catch((error: unknown) => notify(`Not signed out. ${inWords(error)}`))
            }
          >
            Sign out
          </button>
        </div>
      )}
    </div>
  );
}
