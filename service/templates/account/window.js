// The window waits for a mail's link, tells the page that opened it how it went, and opens the account's page.
const waiting = document.querySelector("[data-wait]");
const done = document.querySelector("[data-code]");
const ask = async () => {
  try {
    if ((await fetch(waiting.dataset.wait)).status === 205) return location.replace(location.pathname);
  } catch {
    // Away for a moment: asked again.
  }
  setTimeout(ask, 2000);
};
if (waiting) ask();
if (done && window.opener) {
  // To the page's own origin alone, whoever may have the other window now.
  window.opener.postMessage({ type: "parley:sign-in", code: done.dataset.code }, done.dataset.origin);
  window.close();
}
document.querySelector("form[data-go]")?.submit();
