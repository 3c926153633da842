interface Policy {
  createHTML(html: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

let policy: Policy | undefined;

/**
 * Marks HTML as trusted, where the page asks for Trusted Types (publishers allow it by `trusted-types parley`). The service has
 * sanitised it: this widget never makes HTML from text.
 */
export function trusted(html: string): string {
  if (!policy) {
    const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    const rules: Policy = { createHTML: (text) => text };
    try {
      policy = types?.createPolicy("parley", rules) ?? rules;
    } catch {
      // Not allowed, or made before by another copy: then plain strings are tried.
      policy = rules;
    }
  }
  return policy.createHTML(html);
}
