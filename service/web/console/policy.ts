export type Action = "publish" | "hold" | "reject";

export interface Band {
  hold_at: number | null;
  reject_at: number | null;
}

export interface WordList {
  name: string;
  severity: "hold" | "reject" | "block";
  words: string[];
  patterns: string[];
}

/** What the editor shows of a policy; what else is in it stays as it is. */
export interface Document {
  bands: Record<string, Record<string, Band>>;
  on_unscored: Action;
  word_lists: WordList[];
  links: { max_free: number; allowed: string[]; blocked: string[]; on_blocked: Action };
  new_readers: { until_published: number; until_age_s: number; hold_all: boolean; max_links: number };
  record: { rejected: number; share: number };
  repeats: { max_same: number; action: Action };
  flood_at: number | null;
  hold_edits: boolean;
  premoderate: boolean;
  second_review: { reasons: string[]; articles: string[] };
}

export interface Policy {
  version: number;
  document: Document;
  model: string | null;
  bands: Record<string, Band>;
}

export interface Change {
  path: string;
  before: unknown;
  after: unknown;
  added: string[];
  removed: string[];
}

export interface Simulation {
  comments: number;
  unscored: number;
  active: Record<Action, number>;
  candidate: Record<Action, number>;
  moves: {
    before: Action;
    after: Action;
    comments: number;
    judged: number;
    otherwise: number;
    samples: string[];
  }[];
  changes: Change[];
}

export interface Version {
  version: number;
  active: boolean;
  note: string;
  by: string;
  staff: { id: string; name: string } | null;
  created_at: string;
  changes: Change[];
}

/** Under which name a policy has the bands that count for its model; they are changed there. */
export function bandsKey({ model, bands }: Policy, document: Document): string {
  const names = Object.keys(document.bands).filter(
    (name) => model === name || (model?.startsWith(name) && "@:/+".includes(model[name.length] ?? " ")),
  );
  const own = names.sort((a, b) => b.length - a.length)[0];
  if (own) return own;
  const shared = JSON.stringify(document.bands["*"]) === JSON.stringify(bands);
  return shared || !model ? "*" : model;
}

/** One change in words: "links / max free: 2 → 5". */
export function changeInWords({ path, before, after, added, removed }: Change): string {
  const name = path.replaceAll("_", " ").replaceAll("/", " / ");
  const lists = [
    added.length ? `+ ${added.slice(0, 8).join(", ")}${added.length > 8 ? " …" : ""}` : "",
    removed.length ? `− ${removed.slice(0, 8).join(", ")}${removed.length > 8 ? " …" : ""}` : "",
  ].filter(Boolean);
  return `${name}: ${lists.length ? lists.join("; ") : `${said(before)} → ${said(after)}`}`;
}

const said = (value: unknown): string =>
  value === null || value === undefined
    ? "none"
    : value === true
      ? "yes"
      : value === false
        ? "no"
        : String(value);
