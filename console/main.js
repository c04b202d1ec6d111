/** Starts the console: signs in, and shows the page of the address. */
import { get, isAborted, keyStart, setKey, whenUnauthorized } from "./api.js";
import { h, replace } from "./dom.js";
import { findPage, pages } from "./pages.js";
import { forgetOrganizations, organizationOf } from "./scope.js";
import { signIn } from "./sign-in.js";
import { t } from "./texts.js";
import { button, problem } from "./ui.js";

/** @typedef {import("./pages.js").Context} Context */

const app = /** @type {HTMLElement} */ (document.getElementById("app"));

/** Ends the requests of the page that is left. */
let leaving = new AbortController();

/** @param {string} [reason] */
function showSignIn(reason) {
  leaving.abort();
  isInside = false;
  setKey(null);
  forgetOrganizations();
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  document.title = `${t.signIn.title} – ${t.product}`;
  replace(
    app,
    signIn(async (key) => {
      setKey(key);
      try {
        await get("/v1/organizations", { limit: 1 });
      } catch (error) {
        // A key without the scope for organizations is a valid key.
        if (/** @type {any} */ (error).status !== 403) {
          setKey(null);
          throw error;
        }
      }
      showShell();
    }, reason),
  );
  app.querySelector("input")?.focus();
}

/** @type {{ navigation: HTMLElement, breadcrumb: HTMLElement, main: HTMLElement }} */
let shell;

/** Whether pages are shown, and not the form to sign in. */
let isInside = false;

function showShell() {
  const main = h("main", { tabindex: -1 });
  const navigation = h("nav", { "aria-label": t.nav.label });
  const breadcrumb = h("nav", { class: "breadcrumb", "aria-label": t.nav.breadcrumb });
  const start = keyStart();
  const environment = /^dk_([a-z]+)_/.exec(start)?.[1] ?? "";
  const header = h(
    "header",
    { class: "top" },
    button(t.skip, () => main.focus(), { class: "skip" }),
    h("a", { class: "brand", href: "#/" }, t.product),
    breadcrumb,
    h(
      "span",
      { class: "key", title: `${t.nav.theKey} ${start}` },
      h("span", { class: `badge ${environment}` }, environment),
      h("code", null, `${start}…`),
    ),
    button(t.nav.signOut, () => showSignIn(), { class: "quiet" }),
  );
  isInside = true;
  shell = { navigation, breadcrumb, main };
  replace(
    app,
    header,
    h("div", { class: "columns" }, navigation, main),
    h("div", { id: "messages", role: "region", "aria-label": t.nav.changes }),
  );
  void navigate();
}

async function navigate() {
  if (!isInside) return;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { page, parameters, query } = findPage(location.hash);
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  shell.main.setAttribute("aria-busy", "true");
  shell.main.classList.toggle("wide", Boolean(page?.wide));
  try {
    const organization = parameters.org ? await organizationOf(parameters.org, signal) : null;
    showNavigation(organization);
    /** @type {Context} */
    const context = { parameters, query, signal, organization, reload: () => void navigate() };
    const content = page ? await page.show(context) : h("p", null, t.notFound);
    if (signal.aborted) return;
    replace(shell.main, content);
  } catch (error) {
    if (isAborted(error) || !isInside) return;
    showNavigation(null);
    replace(
      shell.main,
      problem(error, () => void navigate()),
    );
  } finally {
    if (!signal.aborted) shell.main.removeAttribute("aria-busy");
  }
  const heading = shell.main.querySelector("h1");
  document.title = heading ? `${heading.textContent} – ${t.product}` : t.product;
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}

/** @param {import("./scope.js").Organization | null} organization */
function showNavigation(organization) {
  const current = location.hash.split("?")[0] || "#/";
  /** @param {string} href @param {string} text */
  const link = (href, text) => {
    const isCurrent = current === href || (href.split("/").length > 3 && current.startsWith(`${href}/`));
    return h("a", { href, "aria-current": isCurrent ? "page" : null }, text);
  };
  const base = organization ? `#/organizations/${organization.id}` : "";
  const own = organization
    ? h(
        "div",
        { class: "group" },
        h("p", { class: "group-title", title: organization.name }, h("bdi", null, organization.name)),
        ...pages
          .filter(({ label, path }) => label && path.startsWith("organizations/:org"))
          .map(({ path, label = "" }) => link(`#/${path.replace(":org", organization.id)}`, label)),
      )
    : null;
  const others = pages.filter(({ label, path }) => label && !path.startsWith("organizations/:org"));
  replace(
    shell.navigation,
    own,
    h("div", { class: "group" }, ...others.map(({ path, label = "" }) => link(`#/${path}`, label))),
  );
  replace(
    shell.breadcrumb,
    organization
      ? [
          h("a", { href: "#/" }, t.nav.organizations),
          h("span", { "aria-hidden": "true" }, "/"),
          h("a", { href: base }, h("bdi", null, organization.name)),
        ]
      : null,
  );
}

whenUnauthorized(() => {
  if (isInside) showSignIn(t.signIn.expired);
});
addEventListener("hashchange", () => void navigate());
showSignIn();
