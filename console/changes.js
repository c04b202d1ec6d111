/** The requests that this tab sent to change something. */
import { addressOf, changes, onChange } from "./api.js";
import { h, replace } from "./dom.js";
import { second } from "./format.js";
import { t } from "./texts.js";
import { badge, curlBlock, identifier } from "./ui.js";

/** @type {Element | null} */
let place = null;

onChange(() => {
  if (place?.isConnected) showChanges(place);
});

/** @param {Element} list */
function showChanges(list) {
  const rows = changes.map(({ request, status, requestId, at }) => {
    const failed = status === null || status >= 400;
    return h(
      "li",
      null,
      h(
        "p",
        null,
        h("time", { datetime: at.toISOString() }, second(at)),
        " ",
        h("code", null, `${request.method} ${addressOf(request)}`),
        " ",
        badge(String(status ?? t.changes.noResponse), failed ? "bad" : "good"),
      ),
      requestId ? h("p", { class: "hint" }, `${t.problem.requestId}: `, identifier(requestId)) : null,
      curlBlock(request),
    );
  });
  replace(list, rows.length > 0 ? rows : h("li", { class: "empty" }, t.changes.empty));
}

export function changesPage() {
  place = h("ul", { class: "changes" });
  showChanges(place);
  return [h("h1", null, t.changes.title), h("p", { class: "hint" }, t.changes.intro), place];
}
