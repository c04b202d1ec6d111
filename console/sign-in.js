/** The page on which a key is pasted. */
import { h, replace } from "./dom.js";
import { t } from "./texts.js";
import { problem } from "./ui.js";

/**
 * @param {(key: string) => Promise<void>} enter
 * @param {string} [reason] Why the user has to sign in again.
 */
export function signIn(enter, reason) {
  const failure = h("div", { role: "alert" }, reason ? h("p", { class: "problem" }, reason) : null);
  const input = h("input", {
    id: "key",
    type: "password",
    autocomplete: "off",
    required: true,
    "aria-describedby": "key-hint",
  });
  const submit = h("button", { type: "submit", class: "primary" }, t.signIn.submit);
  /** @param {string} text */
  const fail = (text) => {
    replace(failure, h("p", { class: "problem" }, text));
    input.focus();
  };
  /** @param {SubmitEvent} event */
  const onsubmit = async (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (key === "") return fail(t.signIn.empty);
    if (!/^[!-~]+$/.test(key)) return fail(t.signIn.malformed);
    submit.disabled = true;
    submit.textContent = t.signIn.submitting;
    try {
      await enter(key);
    } catch (error) {
      if (/** @type {any} */ (error).status === 401) fail(t.signIn.invalid);
      else replace(failure, problem(error));
    } finally {
      // The key is not in the page any longer than it takes to use it.
      input.value = "";
      submit.disabled = false;
      submit.textContent = t.signIn.submit;
    }
  };
  return h(
    "main",
    { class: "sign-in" },
    h(
      "form",
      { onsubmit, novalidate: true },
      h("h1", null, h("span", { class: "brand" }, t.product), " ", t.signIn.title),
      h("p", { id: "key-hint" }, t.signIn.intro),
      h("div", { class: "field" }, h("label", { for: "key" }, t.signIn.label), input),
      failure,
      submit,
      h("p", { class: "hint" }, t.signIn.where),
    ),
  );
}
