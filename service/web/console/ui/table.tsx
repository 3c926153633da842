import type { ComponentChildren } from "preact";

interface Props {
  name: string;
  head: string[];
  rows: ComponentChildren[][];
}

/** A table that is scrolled where it is wider than the screen. */
export function Table({ name, head, rows }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the screen is scrolled by keys as well
    <section class="table" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr key={cells.slice(0, 2).join(" ")}>
              {cells.map((cell, at) => (
                <td key={head[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!rows.length && <p class="muted fine">None yet.</p>}
    </section>
  );
}
