import { dismiss, holdToast, hush, notices, releaseToast, spoken, toast } from "../notices.ts";
import { Key } from "./parts.tsx";

/** One region for everything that is read out, so that nothing is read twice. */
export function Spoken() {
  return (
    <p class="unseen" role="status">
      {spoken.value}
    </p>
  );
}

/** What happened last. It never takes the focus, and the key `u` works without it. */
export function ToastBar() {
  const shown = toast.value;
  if (!shown) return null;
  const undo = shown.undo;
  return (
    <section
      class="toast"
      aria-label="What happened last"
      key={shown.id}
      onMouseEnter={holdToast}
      onMouseLeave={releaseToast}
      onFocusCapture={holdToast}
      onBlurCapture={releaseToast}
    >
      <span>{shown.text}</span>
      {undo && (
        <button
          type="button"
          class="link"
          aria-keyshortcuts="u"
          onClick={() => {
            hush();
            undo();
          }}
        >
          Undo <Key>u</Key>
        </button>
      )}
    </section>
  );
}

/** What was refused, until somebody has dealt with it. */
export function Notices() {
  if (!notices.value.length) return null;
  return (
    <section class="notices" aria-label="To be dealt with">
      {notices.value.map(({ id, text, choices }) => (
        <div class="notice" key={id}>
          <p>{text}</p>
          <span class="notice-choices">
            {(choices.length ? choices : [{ label: "All right", run: () => {} }]).map(({ label, run }) => (
              <button
                type="button"
                class="plain"
                key={label}
                onClick={() => {
                  dismiss(id);
                  run();
                }}
              >
                {label}
              </button>
            ))}
          </span>
        </div>
      ))}
    </section>
  );
}
