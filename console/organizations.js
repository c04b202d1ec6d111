/** The list of organizations, and one organization. */
import { get, pathOf } from "./api.js";
import { openDelete } from "./delete.js";
import { h } from "./dom.js";
import { openEditForm, openForm, succeeded, withoutEmpty } from "./form.js";
import { number } from "./format.js";
import { stringify } from "./json.js";
import { searchField, table } from "./list.js";
import { remember } from "./scope.js";
import { t } from "./texts.js";
import { button, details, identifier, name, section, show, when } from "./ui.js";

/** @typedef {import("./scope.js").Organization} Organization */
/** @typedef {import("./pages.js").Context} Context */

const ID = /^org_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @type {import("./inputs.js").Field[]} */
const fields = [
  { name: "name", label: t.fields.name, required: true, maxLength: 200 },
  { name: "slug", label: t.fields.slug, hint: t.hints.slug, maxLength: 63 },
  { name: "metadata", label: t.fields.metadata, type: "json", hint: t.hints.metadata },
];

/** @param {Organization} organization */
const addressOf = ({ id }) => `#/organizations/${id}`;

/** Returns the organization with this slug or id. @param {string} text @param {AbortSignal} signal @returns {Promise<Organization[]>} */
async function exact(text, signal) {
  if (ID.test(text)) {
    try {
      const { data } = await get(pathOf("organizations", text), {}, signal);
      return [/** @type {Organization} */ (data)];
    } catch (error) {
      if (/** @type {any} */ (error).status === 404) return [];
      throw error;
    }
  }
  if (!SLUG.test(text)) return [];
  /** @type {import("./api.js").Result<{ data: Organization[] }>} */
  const { data } = await get("/v1/organizations", { slug: text }, signal);
  return data.data;
}

/** @param {Context} context */
export function organizationsPage({ signal }) {
  const input = searchField(t.organizations.search, () => list.reload(), {
    // Enter opens an organization whose slug or id is complete.
    onkeydown: async (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter") return;
      const [found] = await exact(input.value.trim(), signal).catch(() => []);
      if (found && !signal.aborted) location.hash = addressOf(found);
    },
  });
  const list = table({
    label: t.organizations.title,
    path: "/v1/organizations",
    query: () => ({ search: input.value.trim() }),
    first: (filters, own) => exact(String(filters.search ?? ""), own),
    empty: t.organizations.empty,
    signal,
    columns: /** @type {import("./list.js").Column<Organization>[]} */ ([
      { title: t.fields.name, kind: "wide", cell: (row) => h("a", { href: addressOf(row) }, name(row.name)) },
      { title: t.fields.slug, cell: (row) => h("code", null, row.slug) },
      { title: t.fields.docks, kind: "number", cell: (row) => number(row._count.docks) },
      { title: t.fields.parties, kind: "number", cell: (row) => number(row._count.parties) },
      { title: t.fields.machineClients, kind: "number", cell: (row) => number(row._count.machineClients) },
      { title: t.fields.createdAt, cell: (row) => when(row.createdAt) },
    ]),
  });
  const create = () => {
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.organizations.create,
      submit: t.create,
      fields,
      values: {},
      request: (values) => ({ method: "POST", path: "/v1/organizations", body: withoutEmpty(values), idempotencyKey }),
      done: (/** @type {Organization} */ created, request) => {
        succeeded(t.organizations.created(created.name), request);
        location.hash = addressOf(created);
      },
    });
  };
  return [
    h(
      "div",
      { class: "title" },
      h("h1", null, t.organizations.title),
      button(t.organizations.create, create, { class: "primary" }),
    ),
    h("div", { class: "filters" }, input),
    list.element,
  ];
}

/** Metadata as text. @param {Record<string, unknown>} metadata */
export const metadataText = (metadata) =>
  Object.keys(metadata).length === 0
    ? h("span", { class: "faint" }, t.noValue)
    : h(
        "pre",
        { class: "json", tabindex: 0, "aria-label": t.fields.metadata },
        h("code", null, stringify(metadata, 2)),
      );

/** @param {Context} context */
export async function organizationPage({ parameters, signal, reload }) {
  const place = h("div");
  const path = pathOf("organizations", parameters.org);
  await show(place, async () => {
    /** @type {import("./api.js").Result<Organization>} */
    const { data: organization, etag } = await get(path, {}, signal);
    remember(organization);
    const remove = () =>
      openDelete({
        title: t.delete.organization,
        consequence: t.delete.organizationText,
        resource: organization,
        path,
        etag,
        done: () => {
          location.hash = "#/";
        },
      });
    const edit = () =>
      openEditForm({
        title: t.organizations.edit,
        path,
        fields: fields.map((field) => (field.name === "slug" ? { ...field, required: true, hint: undefined } : field)),
        resource: organization,
        etag,
        done: (changed, request) => {
          remember(changed);
          succeeded(t.organizations.updated(changed.name), request);
          reload();
        },
      });
    const base = `#/organizations/${organization.id}`;
    /** @param {string} page @param {string} label @param {number} count */
    const count = (page, label, count) =>
      h("a", { class: "tile", href: `${base}/${page}` }, h("strong", null, number(count)), label);
    return [
      h(
        "div",
        { class: "title" },
        h("h1", null, name(organization.name)),
        button(t.edit, edit),
        button(t.delete.submit, remove, { class: "danger" }),
      ),
      h(
        "div",
        { class: "tiles" },
        count("parties", t.fields.parties, organization._count.parties),
        count("docks", t.fields.docks, organization._count.docks),
        h("a", { class: "tile", href: `${base}/matrix` }, h("strong", { "aria-hidden": "true" }, "▦"), t.nav.matrix),
      ),
      details([
        [t.fields.id, identifier(organization.id)],
        [t.fields.slug, h("code", null, organization.slug)],
        [t.fields.createdAt, when(organization.createdAt)],
        [t.fields.updatedAt, when(organization.updatedAt)],
      ]),
      section(t.fields.metadata, metadataText(organization.metadata)),
    ];
  });
  return place;
}
