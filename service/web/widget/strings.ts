/** Words that depend on a number, by the categories of Intl.PluralRules. `{n}` is the number as the locale writes it. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The texts that reading needs, in English; strings_more.ts has the others, which come later. `{…}` are filled in. */
export const en = {
  comments: "Comments",
  count: { one: "{n} comment", other: "{n} comments" } as Plural,
  sort: "Sort by",
  newest: "Newest",
  oldest: "Oldest",
  top: "Top",
  replies: "Most replies",
  featured: "Featured",
  pinned: "Pinned",
  loading: "Loading the comments",
  empty: "No comments yet. Start the conversation.",
  closed: "Commenting on this article is closed.",
  more: "Show more comments",
  more_replies: { one: "Show {n} more reply", other: "Show {n} more replies" } as Plural,
  continue: {
    one: "Continue this conversation ({n} reply)",
    other: "Continue this conversation ({n} replies)",
  } as Plural,
  failed: "The comments could not be loaded.",
  retry: "Try again",
  write: "Join the conversation",
  just_now: "just now",
  edited: "edited",
  staff: "Staff",
  moderator: "Moderator",
  author: "Author",
  deleted: "Deleted by its author.",
  removed: "Removed by moderation.",
  help: "Please let us know if you're having issues with commenting",
  get_help: "Get help",
};
