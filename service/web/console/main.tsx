import { render } from "preact";
import { startClock } from "./clock.ts";
import { startKeys } from "./keys.ts";
import { openOffice } from "./office.ts";
import { applyTheme } from "./prefs.ts";
import { App } from "./ui/app.tsx";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/queue.css";
import "./styles/bulk.css";
import "./styles/search.css";
import "./styles/page.css";
import "./styles/policy.css";
import "./styles/insight.css";
import "./styles/quality.css";
import "./styles/card.css";
import "./styles/dialogs.css";
import "./styles/people.css";
import "./styles/tickets.css";

const root = document.getElementById("console");
if (root) {
  applyTheme();
  openOffice();
  startKeys();
  startClock();
  render(<App />, root);
}
