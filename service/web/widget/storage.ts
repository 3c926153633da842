/** What the widget keeps in the page's own storage. Where that is blocked, it lasts as long as the page. */

const memory = new Map<string, string>();

export function recall<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? memory.get(key) ?? "null") as T | null;
  } catch {
    return JSON.parse(memory.get(key) ?? "null") as T | null;
  }
}

/** Keeps `value` under `key`; null forgets it. */
export function keep(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(key, text);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Blocked or full: memory has it.
  }
}
