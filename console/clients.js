/** Machine clients: programs with credentials of their own. */
import { get, pathOf, send } from "./api.js";
import { openDelete } from "./delete.js";
import { h } from "./dom.js";
import { openForm, succeeded, withoutEmpty } from "./form.js";
import { scopesOf } from "./keys.js";
import { table } from "./list.js";
import { showSecret } from "./secret.js";
import { t } from "./texts.js";
import { ago, badge, button, identifier, message, name, when } from "./ui.js";

/** @typedef {import("./api.js").Schemas["MachineClient"]} MachineClient */
/** @typedef {import("./api.js").Schemas["CreatedMachineClient"]} CreatedMachineClient */
/** @typedef {import("./api.js").Schemas["Dock"]} Dock */
/** @typedef {import("./pages.js").Context} Context */

/** @param {CreatedMachineClient} created @param {string} title */
const secretOf = (created, title) => ({
  title,
  name: `${created.name} · ${created.clientId}`,
  secret: created.clientSecret,
  copy: t.clients.copySecret,
});

/** @param {Context} context */
export function clientsPage({ parameters, signal }) {
  const path = pathOf("organizations", parameters.org, "machine-clients");
  const active = h(
    "select",
    { "aria-label": t.fields.status, onchange: () => list.reload() },
    h("option", { value: "" }, `${t.fields.status}: ${t.all}`),
    h("option", { value: "true" }, t.clients.active),
    h("option", { value: "false" }, t.clients.inactive),
  );
  const list = table({
    label: t.clients.title,
    path,
    query: () => ({ isActive: active.value }),
    empty: t.clients.empty,
    signal,
    columns: /** @type {import("./list.js").Column<MachineClient>[]} */ ([
      { title: t.fields.name, kind: "wide", cell: (row) => name(row.name) },
      { title: t.clients.clientId, cell: (row) => identifier(row.clientId) },
      {
        title: t.fields.scopes,
        kind: "number",
        cell: (row) => h("span", { title: row.scopes.join(", ") }, String(row.scopes.length)),
      },
      {
        title: t.fields.status,
        cell: (row) => badge(row.isActive ? t.clients.active : t.clients.inactive, row.isActive ? "good" : ""),
      },
      { title: t.fields.createdAt, cell: (row) => when(row.createdAt) },
      { title: t.fields.lastUsedAt, cell: (row) => ago(row.lastUsedAt) },
      { title: t.fields.expiresAt, cell: (row) => ago(row.expiresAt) },
      { title: t.clients.actions, kind: "action", cell: (row) => actions(row) },
    ]),
  });

  /** @param {MachineClient} client */
  const actions = (client) => {
    const own = `${path}/${client.id}`;
    const rotate = () => {
      const idempotencyKey = crypto.randomUUID();
      openForm({
        title: t.clients.rotate,
        submit: t.clients.rotate,
        values: { graceSeconds: "3600" },
        fields: [{ name: "graceSeconds", label: t.clients.grace, type: "number", hint: t.clients.graceHint }],
        request: (values) => ({ method: "POST", path: `${own}/rotate`, body: withoutEmpty(values), idempotencyKey }),
        done: (/** @type {CreatedMachineClient} */ rotated, request) =>
          showSecret(secretOf(rotated, t.clients.rotated), request),
      });
    };
    const toggle = async () => {
      /** @type {import("./api.js").ApiRequest} */
      const request = { method: "PATCH", path: own, body: { isActive: !client.isActive } };
      const text = (client.isActive ? t.clients.deactivated : t.clients.activated)(client.name);
      try {
        await send(request);
        succeeded(text, request);
        list.reload();
      } catch (error) {
        message(text, { error, request });
      }
    };
    const remove = () =>
      openDelete({
        title: t.clients.delete,
        consequence: t.clients.deleteText,
        resource: client,
        path: own,
        etag: null,
        done: () => list.reload(),
      });
    return [
      button(client.isActive ? t.clients.deactivate : t.clients.activate, () => void toggle(), {
        class: "quiet small",
      }),
      button(t.clients.rotate, rotate, { class: "quiet small" }),
      button(t.delete.submit, remove, { class: "quiet small danger" }),
    ];
  };

  const create = async () => {
    const [scopes, docks] = await Promise.all([
      scopesOf(signal),
      /** @type {Promise<import("./api.js").Result<{ data: Dock[] }>>} */ (
        get("/v1/docks", { organizationId: parameters.org, limit: 100 }, signal)
      ),
    ]);
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.clients.create,
      submit: t.create,
      values: { scopes: ["parties:read", "roles:read"], tokenLifetimeSeconds: "3600" },
      fields: [
        { name: "name", label: t.fields.name, required: true, maxLength: 200 },
        {
          name: "dockId",
          label: t.clients.dock,
          type: "select",
          options: [
            ["", t.clients.noDock],
            ...docks.data.data.map((dock) => /** @type {[string, string]} */ ([dock.id, dock.name])),
          ],
        },
        { name: "tokenLifetimeSeconds", label: t.clients.lifetime, type: "number" },
        { name: "expiresAt", label: t.fields.expiresAt, type: "time", hint: t.hints.expiresAt },
        { name: "scopes", label: t.fields.scopes, type: "checks", options: scopes.map((scope) => [scope, scope]) },
      ],
      request: (values) => ({ method: "POST", path, body: withoutEmpty(values), idempotencyKey }),
      done: (/** @type {CreatedMachineClient} */ created, request) => {
        showSecret(secretOf(created, t.clients.created), request);
        list.reload();
      },
    });
  };
  return [
    h(
      "div",
      { class: "title" },
      h("h1", null, t.clients.title),
      button(t.clients.create, () => void create(), { class: "primary" }),
    ),
    h("div", { class: "filters" }, active),
    list.element,
  ];
}
