import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { decisions } from "../office.ts";
import type { Context, Item } from "../types.ts";
import { Card } from "./card.tsx";

/** A comment that nobody queued, as if it were an item: so that any comment can be decided on. */
function asItem({ comment, item, scores, model, words }: Context): Item {
  if (item) return item;
  const { id, created_at: queued_at } = comment;
  return {
    id,
    lane: "",
    stage: "first",
    handover: null,
    reasons: [],
    priority: 0,
    urgency: { rank: 0, reach: 1, reporters: 1, doubles_every_h: 6 },
    queued_at,
    claimed_by: null,
    attempts: 0,
    comment,
    scores,
    model,
    words,
  };
}

/** One comment by its id, whatever its status. */
export function CommentView({ desk, id, onBack }: { desk: Desk; id: string; onBack: () => void }) {
  const busy = useComputed(() => decisions.value?.busy(id) ?? false).value;
  const failed = useSignal(false);
  useEffect(() => {
    desk.contexts.shown = id;
    return () => {
      desk.contexts.shown = null;
    };
  }, [desk, id]);
  useEffect(() => {
    if (busy) return;
    desk.contexts.read(id, { anew: true }).then((context) => {
      failed.value = context === null;
    });
  }, [desk, id, busy]);
  const context = desk.contexts.known.value[id];
  const free = context?.item != null && !desk.takenBy(context.item);
  useEffect(() => {
    if (!free) return;
    desk.claimOnly(id);
    return () => desk.claimOnly(null);
  }, [desk, id, free]);
  if (!context) {
    return (
      <p class="empty muted" role="status">
        {failed.value && "There is no such comment, or it cannot be read just now."}
      </p>
    );
  }
  return (
    <div class="single">
      <Card
        key={`${id}:${context.comment.status}:${context.comment.revision}`}
        desk={desk}
        item={asItem(context)}
        onBack={onBack}
      />
    </div>
  );
}
