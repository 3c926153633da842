import type { ComponentChildren } from "preact";
import { go, type Place, pathOf, place } from "../router.ts";

interface Props {
  to: Place;
  children: ComponentChildren;
  class?: string;
  /** It leads to where one is. */
  here?: boolean;
  /** The place where one is stays out of the browser's history. */
  replace?: boolean;
}

/** A link inside the console: no page is loaded, but it may be opened in another tab. */
export function PlaceLink({ to, children, class: name, here = false, replace = false }: Props) {
  return (
    <a
      href={pathOf(to)}
      class={name}
      aria-current={here ? "true" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(to, { replace });
      }}
    >
      {children}
    </a>
  );
}

export function CommentLink({ id, children }: { id: string; children: ComponentChildren }) {
  return <PlaceLink to={{ view: "comment", site: place.value?.site ?? "", id }}>{children}</PlaceLink>;
}
