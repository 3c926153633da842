import { useState } from "preact/hooks";
import type { Member } from "../member.ts";
import type { Thread } from "../thread.ts";
import type { FollowForm } from "./follow.tsx";
import { NameGate } from "./name.tsx";
import { Action } from "./parts.tsx";

/** The way to mail about answers; its form comes when it is asked for. */
export function FollowDoor({ thread }: { thread: Thread }) {
  const [Form, setForm] = useState<{ of: typeof FollowForm } | null>(null);
  const [gate, setGate] = useState(false);
  const { session, config } = thread.member as Member;
  if (!config?.mail) return null;
  const open = async (): Promise<void> => {
    setGate(!session.reader);
    if (session.reader) setForm({ of: (await import("./follow.tsx")).FollowForm });
  };
  if (Form) return <Form.of thread={thread} onDone={() => setForm(null)} />;
  if (gate) return <NameGate thread={thread} then={() => void open()} onCancel={() => setGate(false)} />;
  return (
    <p>
      <Action thread={thread} class="link hint" run={open}>
        {thread.options.locale.t("follow")}
      </Action>
    </p>
  );
}
