import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { applyFilter, filters, forgetFilter, readFilters, saveFilter } from "../filters.ts";
import type { Query } from "../selection.ts";
import { inWords, lapsed } from "../session.ts";
import type { SavedFilter } from "../types.ts";
import { Dialog } from "./parts.tsx";

interface Props {
  site: string;
  place: SavedFilter["place"];
  query: Query;
}

function SavedDialog({ site, place, query, onClose }: Props & { onClose: () => void }) {
  const name = useSignal("");
  const failed = useSignal<string | null>(null);
  const save = (): void => {
    const called = name.value.trim();
    if (!called) return;
    name.value = "";
    void attempt(saveFilter(site, { name: called, place, query }));
  };
  const attempt = async (work: Promise<void>): Promise<void> => {
    failed.value = null;
    try {
      await work;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  useEffect(() => void attempt(readFilters(site)), [site]);
  return (
    <Dialog label="Saved filters" onClose={onClose}>
      <h2>Saved filters</h2>
      <ul class="saved">
        {filters.value.map((filter) => (
          <li key={filter.id}>
            <button
              type="button"
              class="link"
              onClick={() => {
                onClose();
                applyFilter(site, filter);
              }}
            >
              {filter.name}
            </button>
            <span class="muted grow">{filter.place}</span>
            <button
              type="button"
              class="icon"
              aria-label={`Delete ${filter.name}`}
              onClick={() => void attempt(forgetFilter(site, filter.id))}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      {!filters.value.length && <p class="muted">None yet. Only you see what you save.</p>}
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label>
          Save what you see now as
          <input
            data-first
            type="text"
            maxLength={60}
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="plain">
          Save
        </button>
      </form>
      <p class="error" role="alert">
        {failed.value}
      </p>
    </Dialog>
  );
}

/** One's own filters: gone to, deleted, and added from what is on the screen. */
export function SavedFilters(props: Props) {
  const open = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="link"
        aria-haspopup="dialog"
        onClick={() => {
          open.value = true;
        }}
      >
        Saved…
      </button>
      {open.value && (
        <SavedDialog
          {...props}
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}
