import { diff } from "../diff.ts";

/** Two texts as one, with what went and what came. */
export function Diff({ before, after }: { before: string; after: string }) {
  return (
    <p class="diff" dir="auto">
      {diff(before, after).map(({ kind, text }, n) => {
        if (kind === "added") return <ins key={n}>{text}</ins>;
        if (kind === "removed") return <del key={n}>{text}</del>;
        return text;
      })}
    </p>
  );
}
