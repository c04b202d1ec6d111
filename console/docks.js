/** The docks of an organization, and one dock. */
import { get, pathOf } from "./api.js";
import { openDelete } from "./delete.js";
import { h } from "./dom.js";
import { openEditForm, openForm, succeeded, withoutEmpty } from "./form.js";
import { searchField, table } from "./list.js";
import { roleBadge } from "./roles.js";
import { t } from "./texts.js";
import { badge, button, details, identifier, name, optional, section, show, when } from "./ui.js";

/** @typedef {import("./api.js").Schemas["Dock"]} Dock */
/** @typedef {import("./api.js").Schemas["DockParty"]} DockParty */
/** @typedef {import("./pages.js").Context} Context */

const addressParts = /** @type {const} */ (["street", "city", "state", "postalCode", "country"]);

/** @type {import("./inputs.js").Field[]} */
const fields = [
  { name: "name", label: t.fields.name, required: true, maxLength: 200 },
  { name: "domain", label: t.fields.domain },
  { name: "customDomain", label: t.fields.customDomain },
  { name: "legalName", label: t.fields.legalName, maxLength: 200 },
  { name: "businessType", label: t.fields.businessType, maxLength: 64 },
  { name: "taxId", label: t.fields.taxId, maxLength: 64 },
  { name: "registrationNumber", label: t.fields.registrationNumber, maxLength: 64 },
  { name: "businessPhone", label: t.fields.businessPhone, maxLength: 32 },
  { name: "businessEmail", label: t.fields.businessEmail, type: "email" },
  ...addressParts.map((part) => ({ name: `businessAddress.${part}`, label: t.fields[part] })),
  { name: "primaryColor", label: t.fields.primaryColor, hint: t.hints.color },
  { name: "secondaryColor", label: t.fields.secondaryColor, hint: t.hints.color },
  { name: "customCss", label: t.fields.customCss, type: "textarea" },
];

/** @param {Context} context */
export function docksPage({ parameters, signal, reload }) {
  const input = searchField(t.docks.search, () => list.reload());
  const base = `#/organizations/${parameters.org}/docks`;
  const list = table({
    label: t.docks.title,
    path: "/v1/docks",
    query: () => ({ organizationId: parameters.org, search: input.value.trim() }),
    empty: t.docks.empty,
    signal,
    columns: /** @type {import("./list.js").Column<Dock>[]} */ ([
      { title: t.fields.name, kind: "wide", cell: (row) => h("a", { href: `${base}/${row.id}` }, name(row.name)) },
      { title: t.fields.domain, cell: (row) => optional(row.domain) },
      { title: t.fields.legalName, cell: (row) => optional(row.legalName) },
      { title: t.fields.status, cell: (row) => badge(row.status, row.status === "ACTIVE" ? "good" : "") },
      { title: t.fields.createdAt, cell: (row) => when(row.createdAt) },
    ]),
  });
  const create = () => {
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.docks.create,
      submit: t.create,
      fields,
      values: {},
      request: (values) => ({
        method: "POST",
        path: "/v1/docks",
        body: { organizationId: parameters.org, ...withoutEmpty(values) },
        idempotencyKey,
      }),
      done: (/** @type {Dock} */ created, request) => {
        succeeded(t.docks.created(created.name), request);
        reload();
      },
    });
  };
  return [
    h("div", { class: "title" }, h("h1", null, t.docks.title), button(t.docks.create, create, { class: "primary" })),
    h("div", { class: "filters" }, input),
    list.element,
  ];
}

/** @param {Context} context */
export async function dockPage({ parameters, signal, reload }) {
  const place = h("div");
  const path = pathOf("docks", parameters.dock);
  await show(place, async () => {
    /** @type {import("./api.js").Result<Dock>} */
    const { data: dock, etag } = await get(path, {}, signal);
    const remove = () =>
      openDelete({
        title: t.delete.dock,
        consequence: t.delete.dockText,
        resource: dock,
        path,
        etag,
        done: () => {
          location.hash = `#/organizations/${parameters.org}/docks`;
        },
      });
    const edit = () =>
      openEditForm({
        title: t.docks.edit,
        path,
        fields,
        resource: dock,
        etag,
        done: (changed, request) => {
          succeeded(t.docks.updated(changed.name), request);
          reload();
        },
      });
    const parties = table({
      label: t.docks.parties,
      path: `${path}/parties`,
      empty: t.docks.noParties,
      signal,
      columns: /** @type {import("./list.js").Column<DockParty>[]} */ ([
        {
          title: t.fields.party,
          kind: "wide",
          cell: (row) =>
            h(
              "a",
              { href: `#/organizations/${parameters.org}/parties/${row.partyId}` },
              name(row.partyName ?? row.partyId),
            ),
        },
        { title: t.fields.role, cell: (row) => roleBadge(row.role) },
        { title: t.fields.since, cell: (row) => when(row.createdAt) },
      ]),
    });
    const address = addressParts
      .map((part) => dock.businessAddress?.[part])
      .filter(Boolean)
      .join(", ");
    return [
      h(
        "div",
        { class: "title" },
        h("h1", null, name(dock.name)),
        badge(dock.status, dock.status === "ACTIVE" ? "good" : ""),
        button(t.edit, edit),
        button(t.delete.submit, remove, { class: "danger" }),
      ),
      details([
        [t.fields.id, identifier(dock.id)],
        [t.fields.domain, optional(dock.domain)],
        [t.fields.domainVerificationStatus, dock.domainVerificationStatus],
        [t.fields.customDomain, optional(dock.customDomain)],
        [t.fields.createdAt, when(dock.createdAt)],
        [t.fields.updatedAt, when(dock.updatedAt)],
      ]),
      h(
        "p",
        null,
        h("a", { href: `#/organizations/${parameters.org}/docks/${dock.id}/recipients` }, t.recipients.title),
      ),
      section(t.docks.parties, parties.element),
      section(
        t.docks.business,
        details([
          [t.fields.legalName, optional(dock.legalName)],
          [t.fields.businessType, optional(dock.businessType)],
          [t.fields.taxId, optional(dock.taxId)],
          [t.fields.registrationNumber, optional(dock.registrationNumber)],
          [t.fields.businessPhone, optional(dock.businessPhone)],
          [t.fields.businessEmail, optional(dock.businessEmail)],
          [t.fields.businessAddress, optional(address || null)],
          [t.fields.kycStatus, dock.kycStatus],
        ]),
      ),
      section(
        t.docks.appearance,
        details([
          [t.fields.primaryColor, color(dock.primaryColor)],
          [t.fields.secondaryColor, color(dock.secondaryColor)],
          [
            t.fields.customCss,
            dock.customCss
              ? h(
                  "pre",
                  { class: "json", tabindex: 0, "aria-label": t.fields.customCss },
                  h("code", null, dock.customCss),
                )
              : optional(null),
          ],
        ]),
      ),
    ];
  });
  return place;
}

/** @param {string | null} value */
const color = (value) =>
  value !== null && /^#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$/.test(value)
    ? h(
        "span",
        { class: "id" },
        h("span", { class: "swatch", style: { "background-color": value } }),
        h("code", null, value),
      )
    : optional(value);
