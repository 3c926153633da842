import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, sitePath } from "../api.ts";
import type { Desk } from "../desk.ts";
import { emptied } from "../forms.ts";
import { useLatest } from "../latest.ts";
import { say } from "../notices.ts";
import { askAgain, inWords, lapsed } from "../session.ts";
import type { Invitation, MadeLink, PeopleRules, Team } from "../team_types.ts";
import type { Role } from "../types.ts";
import { type Act, MemberRow, ROLE } from "./member.tsx";
import { Ago } from "./parts.tsx";

function RoleField() {
  return (
    <label>
      As
      <select name="role">
        {(Object.keys(ROLE) as Role[]).map((role) => (
          <option key={role} value={role}>
            {ROLE[role]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A link that nobody can be shown again. */
function Once({ made }: { made: MadeLink }) {
  if (!made.link) return <p role="status">A link is on its way to {made.email}.</p>;
  return (
    <div class="once" role="status">
      <p>
        No mail can be sent from here. Hand this link to {made.email} yourself: it works once, and is not
        shown again.
      </p>
      <code>{made.link}</code>
      <p>
        <button
          type="button"
          class="plain"
          onClick={() => void navigator.clipboard?.writeText(made.link ?? "")}
        >
          Copy
        </button>
      </p>
    </div>
  );
}

function Invitations({ open, act, at }: { open: Invitation[] } & Act) {
  return (
    <ul class="people-list">
      {open.map(({ id, email, role, created_at }) => (
        <li key={id}>
          <span>
            {email}, {role}, invited <Ago at={created_at} />
          </span>
          <button
            type="button"
            class="plain"
            onClick={() =>
              void act(() => call("DELETE", at(`/invitations/${id}`)), "The invitation is withdrawn")
            }
          >
            Withdraw<span class="unseen"> the invitation of {email}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function RulesForm({ rules, act, at }: { rules: PeopleRules } & Act) {
  const save = (form: HTMLFormElement): void => {
    const given = new FormData(form);
    const body = {
      strikes: Number(given.get("strikes")),
      strike_days: Number(given.get("strike_days")),
      second_factor: given.has("second_factor"),
    };
    void act(() => call("PUT", at("/rules"), { body }), "Saved");
  };
  return (
    <form
      class="people-form"
      aria-label="How the site deals with people"
      onSubmit={(event) => {
        event.preventDefault();
        save(event.currentTarget);
      }}
    >
      <label>
        Strikes that suggest a sanction
        <input type="number" name="strikes" min={1} max={100} required defaultValue={String(rules.strikes)} />
      </label>
      <label>
        Days that a strike counts
        <input
          type="number"
          name="strike_days"
          min={1}
          max={730}
          required
          defaultValue={String(rules.strike_days)}
        />
      </label>
      <label class="check">
        <input type="checkbox" name="second_factor" defaultChecked={rules.second_factor} />
        Staff need a second factor here: one-time codes, or a passkey
      </label>
      <p>
        <button type="submit" class="primary">
          Save
        </button>
      </p>
    </form>
  );
}

/** Who is on the staff of the site: for its administrators. */
export function TeamView({ desk }: { desk: Desk }) {
  const at = (rest: string): string => sitePath(desk.options.site, rest);
  const team = useSignal<Team | null>(null);
  const failed = useSignal<string | null>(null);
  const made = useSignal<MadeLink | null>(null);
  const latest = useLatest();
  const read = async (): Promise<void> => {
    const isLast = latest.begin();
    try {
      const found = await desk.get<Team>("/staff");
      if (!isLast()) return;
      team.value = found;
      failed.value = null;
    } catch (error) {
      if (!lapsed(error)) failed.value = inWords(error);
    }
  };
  useEffect(() => void read(), [desk]);
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    made.value = null;
    try {
      await work();
      say(done);
      await read();
    } catch (error) {
      // A role of one's own that changed ends one's session, too.
      if (lapsed(error)) return void askAgain();
      await read();
      failed.value = inWords(error);
    }
  };
  const invite = (form: HTMLFormElement): void => {
    const given = new FormData(form);
    const { email, role } = Object.fromEntries(given);
    void act(
      async () => {
        const link = await call<MadeLink>("POST", at("/invitations"), { body: { email, role } });
        emptied(form, given);
        made.value = link;
      },
      `${String(email)} is invited`,
    );
  };
  const known = team.value;
  return (
    <div class="page" aria-busy={!known && !failed.value}>
      {failed.value && <p role="alert">{failed.value}</p>}
      {known && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the screen is scrolled by keys as well */}
          <section class="table" aria-label="Staff" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Who</th>
                  <th scope="col">Role</th>
                  <th scope="col">Signs in by</th>
                  <th scope="col">Last seen</th>
                  <th scope="col">
                    <span class="unseen">What to do</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {known.members.map((member) => (
                  <MemberRow
                    key={member.id}
                    member={member}
                    act={act}
                    at={at}
                    onLink={(link) => {
                      made.value = link;
                    }}
                  />
                ))}
              </tbody>
            </table>
          </section>
          {made.value && <Once made={made.value} />}
          <section class="page-part" aria-label="Invitations">
            <h2>Invite somebody</h2>
            <form
              class="page-form"
              onSubmit={(event) => {
                event.preventDefault();
                invite(event.currentTarget);
              }}
            >
              <label>
                E-mail address
                <input type="email" name="email" required maxLength={254} />
              </label>
              <RoleField />
              <button type="submit" class="primary">
                Invite
              </button>
            </form>
            <Invitations open={known.invitations} act={act} at={at} />
          </section>
          <section class="page-part" aria-label="People rules">
            <h2>How the site deals with people</h2>
            <RulesForm key={JSON.stringify(known.rules)} rules={known.rules} act={act} at={at} />
          </section>
        </>
      )}
    </div>
  );
}
