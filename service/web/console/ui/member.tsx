import { call } from "../api.ts";
import type { MadeLink, Member } from "../team_types.ts";
import type { Role } from "../types.ts";
import { Ago } from "./parts.tsx";

export const ROLE: Record<Role, string> = {
  moderator: "Moderator: decides",
  lead: "Lead: decides, and changes the policy",
  admin: "Administrator: a lead who also keeps the staff",
  auditor: "Auditor: sees everything, changes nothing",
};

/** How something is done on this page, told, and the page read anew; and the site's part of an address. */
export interface Act {
  act: (work: () => Promise<unknown>, done: string) => Promise<void>;
  at: (rest: string) => string;
}

interface Props extends Act {
  member: Member;
  onLink: (made: MadeLink) => void;
}

function factors({ codes, passkeys }: Member): string {
  const has = [codes && "codes", passkeys > 0 && "passkey"].filter(Boolean);
  return has.length ? has.join(", ") : "password only";
}

/** Somebody on the staff of the site, and what an administrator can do about it. */
export function MemberRow({ member, act, at, onLink }: Props) {
  const { id, name, email, role, disabled } = member;
  const change = (to: { role: Role; disabled: boolean }, done: string): void =>
    void act(() => call("PUT", at(`/staff/${id}`), { body: to }), done);
  return (
    <tr>
      <th scope="row">
        {name}
        <span class="muted block">{email}</span>
      </th>
      <td>
        <select
          aria-label={`Role of ${name}`}
          value={role}
          onChange={(event) =>
            change({ role: event.currentTarget.value as Role, disabled }, `${name} has a new role`)
          }
        >
          {(Object.keys(ROLE) as Role[]).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </td>
      <td>{factors(member)}</td>
      <td>
        {disabled ? (
          <span class="tag tag-off">disabled</span>
        ) : member.seen_at ? (
          <Ago at={member.seen_at} />
        ) : (
          "–"
        )}
      </td>
      <td>
        <span class="people-buttons">
          <button
            type="button"
            class="plain"
            onClick={() =>
              change({ role, disabled: !disabled }, `${name}: ${disabled ? "enabled" : "disabled"}`)
            }
          >
            {disabled ? "Enable" : "Disable"}
            <span class="unseen"> {name}</span>
          </button>
          <button
            type="button"
            class="plain"
            onClick={() =>
              void act(async () => {
                onLink(await call<MadeLink>("POST", at(`/staff/${id}/reset`)));
              }, "The link is made")
            }
          >
            New password<span class="unseen"> for {name}</span>
          </button>
          <button
            type="button"
            class="plain"
            onClick={() => void act(() => call("DELETE", at(`/staff/${id}`)), `${name} is off the staff`)}
          >
            Remove<span class="unseen"> {name}</span>
          </button>
        </span>
      </td>
    </tr>
  );
}
