import type { Author } from "../../shared/types.ts";
import type { Member } from "../member.ts";
import type { Thread } from "../thread.ts";
import { Action } from "./parts.tsx";

/** Stands in for a comment of somebody whom the reader has muted. */
export function Muted({ thread, author, onShow }: { thread: Thread; author: Author; onShow: () => void }) {
  const { t } = thread.options.locale;
  return (
    <div class="content tombstone">
      {t("muted", { name: author.name })}{" "}
      <button type="button" class="link" onClick={onShow}>
        {t("show")}
      </button>{" "}
      <Action thread={thread} class="link" run={() => (thread.member as Member).mute(author, false)}>
        {t("unmute")}
      </Action>
    </div>
  );
}
