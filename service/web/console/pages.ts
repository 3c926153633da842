import { signal } from "@preact/signals";
import { behind, type Query, queryOf, type Selection, selectionOf } from "./selection.ts";
import { inWords, lapsed } from "./session.ts";
import type { QueuePage } from "./types.ts";

const PAGE = 50;

interface Hands {
  get: (rest: string) => Promise<QueuePage>;
  /** A page is about to be asked for. */
  expect: () => void;
  /** A page has come; `first` is the beginning of the queue. */
  take: (page: QueuePage, first: boolean) => void;
}

/** Reads what waits, page by page, from the side that was chosen. */
export class Pages {
  readonly selection = signal<Selection>(selectionOf({}));
  readonly loaded = signal(false);
  /** Why the list could not be read, in words. */
  readonly failed = signal<string | null>(null);
  private readonly hands: Hands;
  private cursor: string | null = null;
  private reading: Promise<void> | null = null;
  private again: Promise<void> | null = null;

  constructor(hands: Hands) {
    this.hands = hands;
  }

  get query(): Query {
    return queryOf(this.selection.value);
  }

  /** Not the whole queue. */
  get narrowed(): boolean {
    return this.selection.value.view !== "all" || this.selection.value.article !== null;
  }

  /** True while a page is on its way. */
  get busy(): boolean {
    return this.reading !== null;
  }

  /** There is more of the queue than has been read. */
  get more(): boolean {
    return this.cursor !== null;
  }

  /** Sees the queue from another side: what was read is not of it. */
  choose(selection: Selection): void {
    this.selection.value = selection;
    this.loaded.value = false;
    this.failed.value = null;
    this.cursor = null;
    this.reading = null;
    this.again = null;
  }

  /** Reads the beginning of the queue; once more where something is on its way, which may not know yet what is asked for. */
  first(): Promise<void> {
    if (!this.reading) return this.read(null);
    const selection = this.selection.value;
    this.again ??= this.reading.then(() => {
      if (selection !== this.selection.value) return;
      this.again = null;
      return this.read(null);
    });
    return this.again;
  }

  next(): Promise<void> {
    return this.reading ?? this.read(this.cursor);
  }

  private read(cursor: string | null): Promise<void> {
    const asked = this.ask(cursor).finally(() => {
      if (this.reading === asked) this.reading = null;
    });
    this.reading = asked;
    return asked;
  }

  private async ask(cursor: string | null): Promise<void> {
    const selection = this.selection.value;
    this.hands.expect();
    try {
      const query = { ...this.query, limit: String(PAGE), ...(cursor ? { cursor } : {}) };
      const page = await this.hands.get(`/queue${behind(query)}`);
      if (selection !== this.selection.value) return;
      this.cursor = page.next;
      this.hands.take(page, cursor === null);
      this.failed.value = null;
      this.loaded.value = true;
    } catch (error) {
      if (!lapsed(error) && selection === this.selection.value) this.failed.value = inWords(error);
    }
  }
}
