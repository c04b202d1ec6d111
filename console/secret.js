/** A secret that is shown only once. */
import { h } from "./dom.js";
import { t } from "./texts.js";
import { button, copyButton, curlBlock, name, openDialog } from "./ui.js";

/**
 * @param {{ title: string, name: string, secret: string | null, copy: string }} created `secret` is `null` if an earlier
 * request has shown it.
 * @param {import("./api.js").ApiRequest} request
 */
export function showSecret({ title, name: label, secret, copy }, request) {
  const value = h("code", { class: "secret", tabindex: 0, "aria-label": title }, secret);
  openDialog(
    title,
    (close) => [
      h("p", null, name(label)),
      secret === null
        ? h("p", { class: "problem", role: "alert" }, t.keys.repeated)
        : [
            h("p", { class: "warning", role: "alert" }, t.keys.once),
            h("p", { class: "secret-row" }, value, copyButton(secret, copy, "primary")),
          ],
      curlBlock(request),
      h("footer", null, button(secret === null ? t.close : t.keys.done, close)),
    ],
    {
      keepOpen: true,
      onclose: () => {
        value.textContent = "";
      },
    },
  );
}
