import { useSignal } from "@preact/signals";
import { applyFilter, filters } from "../filters.ts";
import { layers } from "../keys.ts";
import { desk } from "../office.ts";
import { setPref } from "../prefs.ts";
import { go, place } from "../router.ts";
import { session } from "../session.ts";
import { Dialog, Key } from "./parts.tsx";

interface Command {
  name: string;
  key?: string;
  run: () => void;
}

/** What was pasted, if it names something: a comment's id or link, a ticket's reference. */
function named(text: string, site: string): Command[] {
  const id = /(?:^|#parley-|\/comments\/)([1-9]\d{0,17})$/.exec(text)?.[1];
  if (id) return [{ name: `Open comment ${id}`, run: () => go({ view: "comment", site, id }) }];
  const reference = /(?:^|\/tickets\/)([A-Z0-9]+(?:-[A-Z0-9]+)+)(?:#|$)/i.exec(text)?.[1];
  return reference
    ? [{ name: `Open ticket ${reference}`, run: () => go({ view: "tickets", site, reference }) }]
    : [];
}

/** What was typed, as words to look for in all comments. */
function sought(text: string, site: string): Command[] {
  const run = (): void => go({ view: "search", site, query: { words: text }, id: null });
  return text ? [{ name: `Search all comments for “${text}”`, run }] : [];
}

function commands(site: string): Command[] {
  const sites = session.value?.sites.filter(({ key }) => key !== site) ?? [];
  return [
    ...[...layers.value]
      .reverse()
      .flatMap(({ shortcuts }) => shortcuts.map(({ key, does, run }) => ({ name: does, key, run }))),
    { name: "Read the queue anew", run: () => void desk.value?.load() },
    ...filters.value.map((filter) => ({
      name: `Filter: ${filter.name}`,
      run: () => applyFilter(site, filter),
    })),
    ...sites.map(({ key, name }) => ({ name: `Go to ${name}`, run: () => go({ view: "queue", site: key }) })),
    ...(["light", "dark", "system"] as const).map((theme) => ({
      name: `Colours: ${theme}`,
      run: () => setPref("theme", theme),
    })),
  ];
}

/** Everything by name, and any comment or ticket by its id or link. */
export function Palette({ onClose }: { onClose: () => void }) {
  const text = useSignal("");
  const chosen = useSignal(0);
  const site = place.value?.site ?? "";
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [
    ...named(text.value.trim(), site),
    ...commands(site).filter(({ name }) => words.every((word) => name.toLowerCase().includes(word))),
    ...sought(text.value.trim(), site),
  ];
  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    // After the dialog has given the focus back, so that what the command focuses keeps it.
    setTimeout(command.run);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") run(found[chosen.value]);
    else if (step && found.length) chosen.value = (chosen.value + step + found.length) % found.length;
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Command palette" onClose={onClose} class="palette">
      <input
        data-first
        type="text"
        role="combobox"
        aria-label="A command, or a comment’s or ticket’s id or link"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length ? `palette-${chosen.value}` : undefined}
        placeholder="A command, an id or a link"
        autocomplete="off"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-list" role="listbox" aria-label="Commands">
        {found.map((command, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keys
          <div
            id={`palette-${n}`}
            key={command.name}
            role="option"
            tabIndex={-1}
            aria-selected={n === chosen.value}
            onClick={() => run(command)}
            onMouseMove={() => {
              chosen.value = n;
            }}
          >
            {command.name} {command.key && <Key>{command.key}</Key>}
          </div>
        ))}
      </div>
    </Dialog>
  );
}
