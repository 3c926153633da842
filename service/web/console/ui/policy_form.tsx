import type { Draft } from "../draft.ts";
import { desk } from "../office.ts";
import { type Action, type Band, bandsKey, type Document, type Policy } from "../policy.ts";
import { meaning, spaced } from "../words.ts";
import { Check, ChoiceField, Group, Lines, NumberField } from "./policy_fields.tsx";
import { WordLists } from "./policy_words.tsx";

const ACTION: Record<Action, string> = { publish: "Let it appear", hold: "Hold it", reject: "Reject it" };
const STRICT: Partial<Record<Action, string>> = { hold: ACTION.hold, reject: ACTION.reject };
const HOUR = 3600;

/** Where each label is cut for the model that reads now. What a site sets for a model counts before what came with it. */
function Bands({ draft, policy, document }: { draft: Draft; policy: Policy; document: Document }) {
  // Of what was read, so that it stays the same while one changes the numbers.
  const name = bandsKey(policy, policy.document);
  const bands = document.bands[name] ?? policy.bands;
  const put = (label: string, change: Partial<Band>): void => {
    const band = { hold_at: null, reject_at: null, ...bands[label], ...change };
    draft.set({ bands: { ...document.bands, [name]: { ...bands, [label]: band } } });
  };
  return (
    <Group title="Scores">
      <p class="muted fine">
        For {policy.model ?? "any model"}. From “hold” on, a comment waits for a person; from “reject” on it
        is rejected without one. An empty field means never. A score is about wording: toxicity, not hate.
      </p>
      <div class="bands">
        {Object.entries(bands).map(([label, band]) => (
          <div class="band" key={label} title={meaning(label)}>
            <b>{spaced(label)}</b>
            <NumberField
              label="hold"
              spoken={`${spaced(label)}: hold from`}
              share
              value={band.hold_at}
              onChange={(hold_at) => put(label, { hold_at })}
            />
            <NumberField
              label="reject"
              spoken={`${spaced(label)}: reject from`}
              share
              value={band.reject_at}
              onChange={(reject_at) => put(label, { reject_at })}
            />
          </div>
        ))}
      </div>
      <ChoiceField
        label="What no classifier could read"
        value={document.on_unscored}
        options={ACTION}
        onChange={(on_unscored) => draft.set({ on_unscored })}
      />
    </Group>
  );
}

function Links({ draft, links }: { draft: Draft; links: Document["links"] }) {
  const put = (change: Partial<Document["links"]>): void => draft.set({ links: { ...links, ...change } });
  return (
    <Group title="Links">
      <div class="page-form">
        <NumberField
          label="So many pass"
          value={links.max_free}
          onChange={(max_free) => put({ max_free: max_free ?? 0 })}
        />
        <ChoiceField
          label="A link to a blocked site"
          value={links.on_blocked}
          options={STRICT}
          onChange={(on_blocked) => put({ on_blocked })}
        />
      </div>
      <div class="columns">
        <Lines label="Blocked domains" lines={links.blocked} onChange={(blocked) => put({ blocked })} />
        <Lines label="Domains that are free" lines={links.allowed} onChange={(allowed) => put({ allowed })} />
      </div>
    </Group>
  );
}

function NewReaders({ draft, rules }: { draft: Draft; rules: Document["new_readers"] }) {
  const put = (change: Partial<Document["new_readers"]>): void =>
    draft.set({ new_readers: { ...rules, ...change } });
  return (
    <Group title="New readers">
      <div class="page-form">
        <NumberField
          label="New until so many are published"
          value={rules.until_published}
          onChange={(until_published) => put({ until_published: until_published ?? 0 })}
        />
        <NumberField
          label="and for so many hours"
          value={Math.round(rules.until_age_s / HOUR)}
          onChange={(hours) => put({ until_age_s: (hours ?? 0) * HOUR })}
        />
        <NumberField
          label="Links that pass"
          value={rules.max_links}
          onChange={(max_links) => put({ max_links: max_links ?? 0 })}
        />
      </div>
      <Check
        label="Hold all that new readers write"
        value={rules.hold_all}
        onChange={(hold_all) => put({ hold_all })}
      />
    </Group>
  );
}

function Authors({ draft, document }: { draft: Draft; document: Document }) {
  const { record, repeats } = document;
  return (
    <Group title="Authors">
      <div class="page-form">
        <NumberField
          label="Hold after so many rejections"
          value={record.rejected}
          onChange={(rejected) => draft.set({ record: { ...record, rejected: rejected ?? 0 } })}
        />
        <NumberField
          label="if that share was rejected"
          share
          value={record.share}
          onChange={(share) => draft.set({ record: { ...record, share: share ?? 0 } })}
        />
        <NumberField
          label="Hold from so many in ten minutes"
          value={document.flood_at}
          onChange={(flood_at) => draft.set({ flood_at })}
        />
        <NumberField
          label="The same text so many times"
          value={repeats.max_same}
          onChange={(max_same) => draft.set({ repeats: { ...repeats, max_same: max_same ?? 0 } })}
        />
        <ChoiceField
          label="then"
          value={repeats.action}
          options={ACTION}
          onChange={(action) => draft.set({ repeats: { ...repeats, action } })}
        />
      </div>
    </Group>
  );
}

/** What nobody decides alone. */
function SecondReview({ draft, rule }: { draft: Draft; rule: Document["second_review"] }) {
  const put = (change: Partial<Document["second_review"]>): void =>
    draft.set({ second_review: { ...rule, ...change } });
  const toggle = (code: string, on: boolean): void =>
    put({ reasons: on ? [...rule.reasons, code] : rule.reasons.filter((one) => one !== code) });
  return (
    <Group title="Two people">
      <p class="muted fine">
        A rejection for one of these rules, and any decision on one of these articles, is made once a second
        person has confirmed it.
      </p>
      <div class="columns">
        <div>
          {(desk.value?.rules.value ?? []).map(({ code, title }) => (
            <Check
              key={code}
              label={title}
              value={rule.reasons.includes(code)}
              onChange={(on) => toggle(code, on)}
            />
          ))}
        </div>
        <Lines
          label="Articles, by their keys"
          lines={rule.articles}
          onChange={(articles) => put({ articles })}
        />
      </div>
    </Group>
  );
}

/** All settings of a policy. */
export function PolicyForm({
  draft,
  policy,
  document,
}: {
  draft: Draft;
  policy: Policy;
  document: Document;
}) {
  return (
    <div class="policy-form">
      <Group title="Everywhere">
        <Check
          label="Hold everything until a person has seen it"
          value={document.premoderate}
          onChange={(premoderate) => draft.set({ premoderate })}
        />
        <Check
          label="Hold edits"
          value={document.hold_edits}
          onChange={(hold_edits) => draft.set({ hold_edits })}
        />
      </Group>
      <Bands draft={draft} policy={policy} document={document} />
      <WordLists draft={draft} lists={document.word_lists} />
      <Links draft={draft} links={document.links} />
      <NewReaders draft={draft} rules={document.new_readers} />
      <Authors draft={draft} document={document} />
      <SecondReview draft={draft} rule={document.second_review} />
    </div>
  );
}
