import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import { notify, say } from "../notices.ts";
import { inWords, lapsed, mayDecide } from "../session.ts";

type Mode = "post" | "pre" | "closed";

const MODE: Record<Mode, string> = {
  post: "Comments appear at once",
  pre: "Comments wait for a person",
  closed: "Closed: no more comments",
};

/** Whether an article's comments appear at once; to be keyed by the article. */
export function ArticleMode({ site, article }: { site: string; article: string }) {
  const mode = useSignal<Mode | null>(null);
  const path = sitePath(site, `/articles/${encodeURIComponent(article)}`);
  useEffect(() => {
    call<{ mode: Mode }>("GET", path)
      .then((read) => {
        mode.value = read.mode;
      })
      .catch(lapsed);
  }, [path]);
  const change = async (to: Mode): Promise<void> => {
    const before = mode.value;
    mode.value = to;
    try {
      await call("PUT", `${path}/mode`, { body: { mode: to } });
      say(MODE[to]);
    } catch (error) {
      mode.value = before;
      if (!lapsed(error)) notify(`The article is as it was. ${inWords(error)}`);
    }
  };
  if (mode.value === null) return null;
  return (
    <select
      aria-label="This article"
      value={mode.value}
      disabled={!mayDecide.value}
      onChange={(event) => void change(event.currentTarget.value as Mode)}
    >
      {(Object.entries(MODE) as [Mode, string][]).map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
