// Puts the secret in from the link's fragment, which browsers do not send by themselves, and opens the ticket.
const form = document.getElementById("unlock");
const secret = location.hash.slice(1);
if (form && secret && !("wrong" in form.dataset)) {
  form.elements.secret.value = secret;
  // The address keeps the secret, so that the page can be loaded again.
  form.action += `#${secret}`;
  form.submit();
}
