/** Marks a selection up with the Markdown that the service knows. Pure, for the toolbar and the keyboard. */

export type Format = "bold" | "italic" | "strike" | "quote" | "code" | "list" | "link" | "spoiler";

export interface Selection {
  text: string;
  start: number;
  end: number;
}

const AROUND: Partial<Record<Format, string>> = { bold: "**", italic: "*", strike: "~~", spoiler: "||" };
const BEFORE: Partial<Record<Format, string>> = { quote: "> ", list: "- " };

/** The text with the selection marked up, and what is selected then. A second time takes the marks off again. */
export function format({ text, start, end }: Selection, how: Format): Selection {
  const mark = AROUND[how];
  if (mark) return around(text, start, end, mark, mark);
  const prefix = BEFORE[how];
  if (prefix) return lines(text, start, end, prefix);
  if (how === "link") return link(text, start, end);
  const block = text.slice(start, end).includes("\n");
  return block ? around(text, start, end, "```\n", "\n```") : around(text, start, end, "`", "`");
}

function around(text: string, start: number, end: number, open: string, close: string): Selection {
  const inner = text.slice(start, end);
  const before = text.slice(0, start);
  const after = text.slice(end);
  const marked = before.endsWith(open) && after.startsWith(close);
  // "*" is not to be taken off "**": that is another format.
  if (marked && !(open === "*" && before.endsWith("**") && !before.endsWith("***"))) {
    const from = start - open.length;
    return {
      text: text.slice(0, from) + inner + after.slice(close.length),
      start: from,
      end: from + inner.length,
    };
  }
  const from = start + open.length;
  return { text: before + open + inner + close + after, start: from, end: from + inner.length };
}

function lines(text: string, start: number, end: number, prefix: string): Selection {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const chosen = text.slice(from, end).split("\n");
  const marked = chosen.every((line) => line.startsWith(prefix));
  const changed = chosen.map((line) => (marked ? line.slice(prefix.length) : prefix + line)).join("\n");
  // A block ends at an empty line: without one before it, the first line would run on from the text above.
  const gap = !marked && from > 0 && text[from - 2] !== "\n" && prefix === "- " ? "\n" : "";
  const at = from + gap.length;
  return { text: text.slice(0, from) + gap + changed + text.slice(end), start: at, end: at + changed.length };
}

function link(text: string, start: number, end: number): Selection {
  const inner = text.slice(start, end);
  if (/^https?:\/\/\S+$/.test(inner)) {
    return {
      text: `${text.slice(0, start)}[](${inner})${text.slice(end)}`,
      start: start + 1,
      end: start + 1,
    };
  }
  const at = start + inner.length + 3;
  const address = "https://";
  return {
    text: `${text.slice(0, start)}[${inner}](${address})${text.slice(end)}`,
    start: at,
    end: at + address.length,
  };
}
