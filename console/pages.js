/** The pages and their addresses. */
import { auditPage } from "./audit.js";
import { changesPage } from "./changes.js";
import { clientsPage } from "./clients.js";
import { dockPage, docksPage } from "./docks.js";
import { keysPage } from "./keys.js";
import { matrixPage } from "./matrix.js";
import { organizationPage, organizationsPage } from "./organizations.js";
import { partiesPage, partyPage } from "./parties.js";
import { recipientsPage } from "./recipients.js";
import { t } from "./texts.js";

/**
 * @typedef {object} Context
 * @property {Record<string, string>} parameters
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal Aborted when the page is left.
 * @property {import("./scope.js").Organization | null} organization
 * @property {() => void} reload
 */
/**
 * @typedef {object} Page
 * @property {string} path
 * @property {string} [label] Text in the navigation.
 * @property {boolean} [wide] Whether the page uses the whole width.
 * @property {(context: Context) => import("./dom.js").Child | Promise<import("./dom.js").Child>} show
 */

/** @type {Page[]} */
export const pages = [
  { path: "organizations/:org", label: t.nav.overview, show: organizationPage },
  { path: "organizations/:org/matrix", label: t.nav.matrix, wide: true, show: matrixPage },
  { path: "organizations/:org/parties", label: t.nav.parties, show: partiesPage },
  { path: "organizations/:org/parties/:party", show: partyPage },
  { path: "organizations/:org/docks", label: t.nav.docks, show: docksPage },
  { path: "organizations/:org/docks/:dock", show: dockPage },
  { path: "organizations/:org/docks/:dock/recipients", show: recipientsPage },
  { path: "organizations/:org/keys", label: t.nav.keys, show: keysPage },
  { path: "organizations/:org/clients", label: t.nav.clients, show: clientsPage },
  { path: "organizations/:org/audit", label: t.nav.audit, show: auditPage },
  { path: "", label: t.nav.organizations, show: organizationsPage },
  { path: "keys", label: t.nav.allKeys, show: keysPage },
  { path: "requests", label: t.nav.changes, show: changesPage },
];

/**
 * Returns the page of an address (the part after `#`), and the parameters in it.
 *
 * @param {string} hash
 * @returns {{ page: Page | null, parameters: Record<string, string>, query: URLSearchParams }}
 */
export function findPage(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/");
  for (const page of pages) {
    const names = page.path.split("/");
    if (names.length !== parts.length) continue;
    /** @type {Record<string, string>} */
    const parameters = {};
    const matches = names.every((name, index) => {
      if (!name.startsWith(":")) return name === parts[index];
      parameters[name.slice(1)] = parts[index];
      return /^[A-Za-z0-9_-]+$/.test(parts[index]);
    });
    if (matches) return { page, parameters, query: new URLSearchParams(query) };
  }
  return { page: null, parameters: {}, query: new URLSearchParams(query) };
}
