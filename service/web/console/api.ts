import { createClient } from "../shared/api.ts";

/** Milliseconds that the service's clock is ahead of this one. */
let skew = 0;

/** All staff calls; paths start after `/api/v1/staff`. */
export const call = createClient({
  base: "/api/v1/staff",
  credentials: "same-origin",
  onSkew: (ms) => {
    skew = ms;
  },
});

/** Now, by the service's clock, in milliseconds since the epoch. */
export const serverNow = (): number => Date.now() + skew;

export const sitePath = (site: string, rest: string): string => `/sites/${encodeURIComponent(site)}${rest}`;
