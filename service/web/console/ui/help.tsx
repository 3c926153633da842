import { layers } from "../keys.ts";
import { prefs, setPref } from "../prefs.ts";
import { Dialog, Key } from "./parts.tsx";

const NAMES: Record<string, string> = { Escape: "Esc", ArrowDown: "↓", ArrowUp: "↑" };

/** All keys that work where one is. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog label="Keys" onClose={onClose} class="wide">
      <h2>Keys</h2>
      <div class="key-groups">
        {[...layers.value].reverse().map(({ name, shortcuts }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {shortcuts.map(({ key, does }) => (
                <div key={key}>
                  <dt>
                    <Key>{NAMES[key] ?? key}</Key>
                    <span class="unseen">{key}</span>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={prefs.value.keys}
          onChange={(event) => setPref("keys", event.currentTarget.checked)}
        />
        Single keys work (never while you type)
      </label>
    </Dialog>
  );
}
