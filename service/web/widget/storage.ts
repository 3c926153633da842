/** What the widget keeps in the page's own storage. Where that is blocked, it lasts as long as the page. */

const memory = new Map<string, string>();

export function recall<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key) ?? memory.get(key);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return JSON.parse(memory.get(key) ?? "null") as T | null;
  }
}

/** Keeps `value` under `key`; null forgets it. */
export function keep(key: string, value: unknown): void {
  const text = value === null ? null : JSON.stringify(value);
  if (text === null) memory.delete(key);
  else memory.set(key, text);
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Blocked or full: memory has it.
  }
}
