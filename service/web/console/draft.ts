import { signal } from "@preact/signals";
import { call, sitePath } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { Document, Policy, Simulation } from "./policy.ts";
import { inWords, lapsed } from "./session.ts";

/** A policy that is being changed: nothing of it judges before it is saved. */
export class Draft {
  readonly base = signal<Policy | null>(null);
  readonly document = signal<Document | null>(null);
  readonly found = signal<Simulation | null>(null);
  readonly failed = signal<string | null>(null);
  readonly busy = signal(false);
  private readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  /** Reads what judges now; what was changed is gone. */
  read(): Promise<boolean> {
    return this.attempt(async () => this.begin(await this.desk.get<Policy>("/policy")));
  }

  private begin(policy: Policy): void {
    this.base.value = policy;
    this.document.value = policy.document;
    this.found.value = null;
  }

  get changed(): boolean {
    return JSON.stringify(this.base.value?.document) !== JSON.stringify(this.document.value);
  }

  /** Changes some settings; what was tried out before was another policy. */
  set(change: Partial<Document>): void {
    if (this.document.value) this.document.value = { ...this.document.value, ...change };
    this.found.value = null;
  }

  try(): Promise<boolean> {
    const document = this.document.value;
    return this.attempt(async () => {
      const found = await call<Simulation>("POST", this.path("/simulation"), {
        body: { document },
        timeout: 40_000,
      });
      // What was changed meanwhile is another policy, which nobody has tried.
      if (document === this.document.value) this.found.value = found;
    });
  }

  /** True if it judges now. */
  save(note: string): Promise<boolean> {
    const base = this.base.value?.version;
    const document = this.document.value;
    return this.attempt(async () => {
      const policy = await call<Policy>("PUT", this.path(""), { body: { base, document, note } });
      const now = this.document.value;
      this.begin(policy);
      // What was changed meanwhile is for the version after this.
      if (now !== document) this.document.value = now;
    });
  }

  restore(version: number): Promise<boolean> {
    const body = { base: this.base.value?.version };
    return this.attempt(async () =>
      this.begin(await call<Policy>("POST", this.path(`/versions/${version}/restore`), { body })),
    );
  }

  path(rest: string): string {
    return sitePath(this.desk.options.site, `/policy${rest}`);
  }

  private async attempt(work: () => Promise<void>): Promise<boolean> {
    this.busy.value = true;
    this.failed.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      if (!lapsed(error)) this.failed.value = inWords(error);
      return false;
    } finally {
      this.busy.value = false;
    }
  }
}
