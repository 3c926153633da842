import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import type { Appeal } from "../appeal_types.ts";
import { dissenting } from "../appeals.ts";
import type { Desk } from "../desk.ts";
import { go } from "../router.ts";
import { inWords, lapsed } from "../session.ts";
import type { Decision } from "../types.ts";
import { STATUS } from "../words.ts";
import { Ago, Dialog } from "./parts.tsx";

/** Appeal a colleague's decision: somebody who is neither of the two judges it. */
export function DissentDialog({ desk, comment }: { desk: Desk; comment: string }) {
  const { site, me } = desk.options;
  const last = useSignal<Decision | null>(null);
  const text = useSignal("");
  const failed = useSignal<string | null>(null);
  const close = (): void => {
    dissenting.value = null;
  };
  useEffect(() => {
    void desk.contexts.read(comment, { anew: true }).then((context) => {
      last.value = context?.decisions[0] ?? null;
    });
  }, [desk, comment]);
  const decision = last.value;
  const send = async (): Promise<void> => {
    if (!decision || !text.value.trim()) return;
    try {
      const body = { decision: decision.id, body: text.value };
      const { id } = await call<Appeal>("POST", sitePath(site, `/comments/${comment}/appeals`), { body });
      close();
      go({ view: "appeals", site, query: {}, id });
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  return (
    <Dialog label="Appeal a decision" onClose={close}>
      <h2>Appeal a decision</h2>
      {decision?.staff && decision.staff.id !== me ? (
        <p>
          <b>{decision.staff.name}</b>: {STATUS[decision.to_status]} <Ago at={decision.created_at} />.
          Somebody who is neither of you judges it.
        </p>
      ) : (
        <p class="muted">{decision && "The last decision on this comment is not a colleague’s."}</p>
      )}
      <form
        class="answer dissent"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          <span>Why would you decide otherwise?</span>
          <textarea
            rows={4}
            maxLength={4000}
            required
            dir="auto"
            data-first
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <p class="error" role="alert">
          {failed}
        </p>
        <div class="answer-buttons">
          <button type="submit" class="primary" disabled={!decision}>
            Open the appeal
          </button>
        </div>
      </form>
    </Dialog>
  );
}
