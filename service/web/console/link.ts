/** A link that works once, as the address has it: `/console/-/join#token`. The service never sees what stands behind the #. */
export interface OpenLink {
  page: "join" | "password";
  token: string;
}

/** The link that the page was opened by; null for any other address. */
export function linkOf({ pathname, hash }: Pick<Location, "pathname" | "hash">): OpenLink | null {
  const page = /^\/console\/-\/(join|password)$/.exec(pathname)?.[1];
  const token = hash.slice(1);
  return page && token ? { page: page as OpenLink["page"], token } : null;
}
