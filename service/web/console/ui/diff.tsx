import { diff } from "../diff.ts";

/** Two texts as one, with what went and what came. */
export function Diff({ before, after }: { before: string; after: string }) {
  return (
    <p class="diff" dir="auto">
      {diff(before, after).map(({ kind, text }, n) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: changes have no identity but their place
        if (kind === "added") return <ins key={n}>{text}</ins>;
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        if (kind === "removed") return <del key={n}>{text}</del>;
        return text;
      })}
    </p>
  );
}
