interface Props {
  /** What each figure is called, and the figure. */
  figures: [string, string][];
}

/** Figures side by side, to be read at a glance. */
export function Figures({ figures }: Props) {
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
