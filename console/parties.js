/** The parties of an organization, and one party. */
import { get, pathOf, send } from "./api.js";
import { openDelete } from "./delete.js";
import { h } from "./dom.js";
import { openEditForm, openForm, succeeded, withoutEmpty } from "./form.js";
import { searchField, table } from "./list.js";
import { metadataText } from "./organizations.js";
import { assignRequest, revokeRequest, roleBadge } from "./roles.js";
import { t } from "./texts.js";
import { timeline } from "./timeline.js";
import { badge, button, details, identifier, message, name, optional, section, show, when } from "./ui.js";

/** @typedef {import("./api.js").Schemas["Party"]} Party */
/** @typedef {import("./api.js").Schemas["PartyRole"]} PartyRole */
/** @typedef {import("./api.js").Schemas["Dock"]} Dock */
/** @typedef {import("./pages.js").Context} Context */

/** @type {[string, string][]} */
const types = Object.entries(t.parties.types);

/** @type {import("./inputs.js").Field[]} */
const fields = [
  { name: "type", label: t.fields.type, type: "select", required: true, options: types },
  { name: "name", label: t.fields.name, required: true, maxLength: 200 },
  { name: "email", label: t.fields.email, type: "email" },
  { name: "externalRef", label: t.fields.externalRef, hint: t.hints.externalRef, maxLength: 256 },
  { name: "metadata", label: t.fields.metadata, type: "json", hint: t.hints.metadata },
];

/** @param {Party["type"]} type */
const typeName = (type) => t.parties.types[type] ?? type;

/** @param {Context} context */
export function partiesPage({ parameters, signal }) {
  const path = pathOf("organizations", parameters.org, "parties");
  const base = `#/organizations/${parameters.org}/parties`;
  const input = searchField(t.parties.search, () => list.reload());
  const reference = searchField(t.parties.searchRef, () => list.reload(), { maxlength: 256 });
  const type = h(
    "select",
    { "aria-label": t.fields.type, onchange: () => list.reload() },
    h("option", { value: "" }, `${t.fields.type}: ${t.all}`),
    ...types.map(([value, label]) => h("option", { value }, label)),
  );
  const list = table({
    label: t.parties.title,
    path,
    query: () => ({ search: input.value.trim(), externalRef: reference.value.trim(), type: type.value }),
    empty: t.parties.empty,
    signal,
    columns: /** @type {import("./list.js").Column<Party>[]} */ ([
      { title: t.fields.name, kind: "wide", cell: (row) => h("a", { href: `${base}/${row.id}` }, name(row.name)) },
      { title: t.fields.type, cell: (row) => typeName(row.type) },
      { title: t.fields.email, cell: (row) => optional(row.email) },
      { title: t.fields.externalRef, cell: (row) => optional(row.externalRef) },
      { title: t.fields.createdAt, cell: (row) => when(row.createdAt) },
    ]),
  });
  const create = () => {
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.parties.create,
      submit: t.create,
      fields,
      values: { type: "ORGANIZATION" },
      request: (values) => ({ method: "POST", path, body: withoutEmpty(values), idempotencyKey }),
      done: (/** @type {Party} */ created, request) => {
        succeeded(t.parties.created(created.name), request);
        location.hash = `${base}/${created.id}`;
      },
    });
  };
  return [
    h(
      "div",
      { class: "title" },
      h("h1", null, t.parties.title),
      button(t.parties.create, create, { class: "primary" }),
    ),
    h("div", { class: "filters" }, input, reference, type),
    list.element,
  ];
}

/** @param {Context} context */
export async function partyPage({ parameters, signal, reload }) {
  const place = h("div");
  const path = pathOf("organizations", parameters.org, "parties", parameters.party);
  await show(place, async () => {
    /** @type {import("./api.js").Result<Party>} */
    const { data: party, etag } = await get(path, {}, signal);
    const remove = () =>
      openDelete({
        title: t.delete.party,
        consequence: t.delete.partyText,
        resource: party,
        path,
        etag,
        done: () => {
          location.hash = `#/organizations/${parameters.org}/parties`;
        },
      });
    const edit = () =>
      openEditForm({
        title: t.parties.edit,
        path,
        fields,
        resource: party,
        etag,
        done: (changed, request) => {
          succeeded(t.parties.updated(changed.name), request);
          reload();
        },
      });
    const history = timeline({ party, signal });
    const roles = rolesOf(party, signal, () => history.reload());
    return [
      h(
        "div",
        { class: "title" },
        h("h1", null, name(party.name)),
        badge(typeName(party.type)),
        button(t.edit, edit),
        button(t.delete.submit, remove, { class: "danger" }),
      ),
      details([
        [t.fields.id, identifier(party.id)],
        [t.fields.email, optional(party.email)],
        [t.fields.externalRef, optional(party.externalRef)],
        [t.fields.ledgerParty, identifier(party.ledgerParty)],
        [t.fields.createdAt, when(party.createdAt)],
        [t.fields.updatedAt, when(party.updatedAt)],
      ]),
      section(t.timeline.title, history.element),
      h(
        "section",
        null,
        h("div", { class: "title" }, h("h2", null, t.parties.roles), button(t.roles.assign, roles.assign)),
        roles.element,
      ),
      section(t.fields.metadata, metadataText(party.metadata)),
    ];
  });
  return place;
}

/**
 * The roles that a party holds now.
 *
 * @param {Party} party
 * @param {AbortSignal} signal
 * @param {() => void} onchange
 */
function rolesOf(party, signal, onchange) {
  const changed = () => {
    list.reload();
    onchange();
  };
  /** @param {import("./api.js").ApiRequest} request @param {string} text @param {(data: any) => import("./api.js").ApiRequest} [undo] */
  const change = async (request, text, undo) => {
    try {
      const { data } = await send(request);
      message(text, { request, undo: undo ? () => change(undo(data), t.roles.undone) : undefined });
      changed();
    } catch (error) {
      message(text, { error, request });
    }
  };
  /** @param {PartyRole} row */
  const revoke = (row) => {
    const text = t.roles.revoked(t.roles[row.role], party.name, row.dockName ?? row.dockId);
    return change(revokeRequest(party.organizationId, party.id, row.id), text, () =>
      assignRequest(party.organizationId, party.id, row.dockId, row.role),
    );
  };
  const list = table({
    label: t.parties.roles,
    path: pathOf("organizations", party.organizationId, "parties", party.id, "roles"),
    empty: t.parties.noRoles,
    signal,
    columns: /** @type {import("./list.js").Column<PartyRole>[]} */ ([
      {
        title: t.fields.dock,
        kind: "wide",
        cell: (row) =>
          h(
            "a",
            { href: `#/organizations/${party.organizationId}/docks/${row.dockId}` },
            name(row.dockName ?? row.dockId),
          ),
      },
      { title: t.fields.role, cell: (row) => roleBadge(row.role) },
      { title: t.fields.since, cell: (row) => when(row.createdAt) },
      { title: t.fields.id, cell: (row) => h("code", { class: "faint" }, row.id) },
      {
        title: t.roles.revoke,
        kind: "action",
        cell: (row) => button(t.roles.revoke, () => void revoke(row), { class: "quiet small danger" }),
      },
    ]),
  });
  const assign = async () => {
    /** @type {import("./api.js").Result<{ data: Dock[] }>} */
    const { data } = await get("/v1/docks", { organizationId: party.organizationId, limit: 100 }, signal);
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.roles.assign,
      submit: t.roles.assign,
      values: { role: "DISTRIBUTOR" },
      fields: [
        {
          name: "dockId",
          label: t.fields.dock,
          type: "select",
          required: true,
          options: data.data.map((dock) => [dock.id, dock.name]),
        },
        {
          name: "role",
          label: t.fields.role,
          type: "select",
          required: true,
          options: [
            ["DISTRIBUTOR", t.roles.DISTRIBUTOR],
            ["RECIPIENT", t.roles.RECIPIENT],
          ],
        },
      ],
      request: (values) => ({
        ...assignRequest(
          party.organizationId,
          party.id,
          String(values.dockId),
          /** @type {PartyRole["role"]} */ (values.role),
        ),
        idempotencyKey,
      }),
      done: (/** @type {PartyRole} */ role, request) => {
        const dock = data.data.find((each) => each.id === role.dockId);
        message(t.roles.assigned(t.roles[role.role], party.name, dock?.name ?? role.dockId), {
          request,
          undo: () => change(revokeRequest(party.organizationId, party.id, role.id), t.roles.undone),
        });
        changed();
      },
    });
  };
  return { element: list.element, assign: () => void assign().catch((error) => message(t.roles.assign, { error })) };
}
