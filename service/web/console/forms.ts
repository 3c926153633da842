/** Empties a form that was sent, unless something else has been entered since `given` was taken from it. */
export function emptied(form: HTMLFormElement, given: FormData): void {
  const now = [...new FormData(form)];
  if (JSON.stringify(now) === JSON.stringify([...given])) form.reset();
}
