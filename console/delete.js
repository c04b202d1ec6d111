/** Asks for a typed confirmation before it deletes a resource. */
import { ApiError, send } from "./api.js";
import { h, replace } from "./dom.js";
import { succeeded } from "./form.js";
import { t } from "./texts.js";
import { button, curlBlock, openDialog, problem } from "./ui.js";

/** Names that can be typed without doubt; for others, the id is typed. */
const TYPABLE = /^[!-~](?:[ -~]{0,38}[!-~])?$/;

/** How often a deletion is continued that takes more than one request. */
const CONTINUATIONS = 100;

/**
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.consequence What the deletion means.
 * @param {{ id: string, name: string }} options.resource
 * @param {string} options.path
 * @param {string | null} options.etag
 * @param {() => void} options.done
 */
export function openDelete({ title, consequence, resource, path, etag, done }) {
  const expected = TYPABLE.test(resource.name) ? resource.name : resource.id;
  /** @type {import("./api.js").ApiRequest} */
  const request = { method: "DELETE", path, ifMatch: etag };
  const result = h("div");
  openDialog(title, (close) => {
    const confirm = h("button", { type: "submit", class: "primary danger", disabled: true }, t.delete.submit);
    const input = h("input", {
      id: "confirmation",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => {
        confirm.disabled = input.value !== expected;
      },
    });
    /** @param {SubmitEvent} event */
    const onsubmit = async (event) => {
      event.preventDefault();
      if (input.value !== expected) return;
      confirm.disabled = true;
      try {
        await deleteAll(request, () => replace(result, h("p", { class: "hint" }, t.delete.continuing)));
        close();
        succeeded(t.delete.done(resource.name), request);
        done();
      } catch (error) {
        replace(result, problem(error));
        confirm.disabled = false;
      }
    };
    return h(
      "form",
      { onsubmit, novalidate: true },
      h("p", null, h("strong", null, h("bdi", null, resource.name))),
      h("p", null, consequence),
      h(
        "div",
        { class: "field" },
        h("label", { for: "confirmation" }, t.delete.type, " ", h("code", null, expected)),
        input,
      ),
      result,
      curlBlock(request),
      h("footer", null, button(t.cancel, close), confirm),
    );
  });
}

/**
 * Sends the request until everything is deleted.
 *
 * @param {import("./api.js").ApiRequest} request
 * @param {() => void} oncontinue
 */
async function deleteAll(request, oncontinue) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(request);
      return;
    } catch (error) {
      const isRunning = error instanceof ApiError && error.problem.code === "DELETION_IN_PROGRESS";
      // The resource is gone: only its roles remain to be revoked.
      if (!isRunning || attempt === CONTINUATIONS) throw error;
      oncontinue();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
