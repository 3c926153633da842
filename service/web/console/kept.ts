/** What the console keeps in the browser. Where storage is blocked, it lasts as long as the page. */

const memory = new Map<string, string>();

export function recall<T>(key: string): T | null {
  let text = memory.get(key);
  try {
    text = localStorage.getItem(key) ?? text;
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

/** Keeps `value` under `key`; null forgets it. */
export function keep(key: string, value: unknown): void {
  if (value === null) memory.delete(key);
  else memory.set(key, JSON.stringify(value));
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Blocked or full: memory has it.
  }
}

/** The keys that begin with `prefix`, in alphabetical order. */
export function keysOf(prefix: string): string[] {
  const found = new Set([...memory.keys()]);
  try {
    for (let n = 0; n < localStorage.length; n += 1) found.add(localStorage.key(n) ?? "");
  } catch {
    // Blocked: memory has them all.
  }
  return [...found].filter((key) => key.startsWith(prefix)).sort();
}
