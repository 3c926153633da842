import type { Person, Role } from "./types.ts";

export interface Member extends Person {
  email: string;
  role: Role;
  disabled: boolean;
  codes: boolean;
  passkeys: number;
  seen_at: string | null;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  created_at: string;
  expires_at: string;
}

export interface PeopleRules {
  strikes: number;
  strike_days: number;
  second_factor: boolean;
}

export interface Team {
  members: Member[];
  invitations: Invitation[];
  rules: PeopleRules;
  mails: boolean;
}

/** A link that was made; it is shown once, and only where no mail can be sent. */
export interface MadeLink {
  email: string;
  link: string | null;
}

export interface FoundLink {
  kind: "invitation" | "reset";
  site: string;
  email: string;
  role: Role | null;
  known: boolean;
}

export interface Account {
  name: string;
  email: string;
  codes_since: string | null;
  recovery_codes_left: number;
  passkeys: { id: string; name: string; created_at: string; used_at: string | null }[];
  sessions: {
    id: string;
    browser: string;
    second_factor: boolean;
    created_at: string;
    seen_at: string;
    here: boolean;
  }[];
}
