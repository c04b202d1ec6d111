/** API keys. */
import { get, keyStart, pathOf, send } from "./api.js";
import { h, replace } from "./dom.js";
import { openForm, succeeded, withoutEmpty } from "./form.js";
import { table } from "./list.js";
import { showSecret } from "./secret.js";
import { t } from "./texts.js";
import { ago, badge, button, curlBlock, name, openDialog, problem, when } from "./ui.js";

/** @typedef {import("./api.js").Schemas["ApiKey"]} ApiKey */
/** @typedef {import("./api.js").Schemas["CreatedApiKey"]} CreatedApiKey */
/** @typedef {import("./pages.js").Context} Context */

/** The scopes that a key can have, as the API describes them. @param {AbortSignal} signal @returns {Promise<string[]>} */
export async function scopesOf(signal) {
  /** @type {import("./api.js").Result<any>} */
  const { data } = await get("/openapi.json", {}, signal);
  return data.components.schemas.GrantedScope["x-extensible-enum"];
}

/** @param {ApiKey} key */
const stateOf = (key) =>
  key.revokedAt ? "revoked" : key.expiresAt && new Date(key.expiresAt) <= new Date() ? "expired" : "live";

/** @param {string[]} scopes */
const scopesText = (scopes) =>
  h(
    "details",
    { class: "scopes" },
    h("summary", null, String(scopes.length)),
    h("ul", null, ...scopes.map((scope) => h("li", null, h("code", null, scope)))),
  );

/** @param {Context} context */
export function keysPage({ parameters, signal, organization }) {
  const all = h("input", { type: "checkbox", onchange: () => list.reload() });
  const list = table({
    label: t.keys.title,
    path: "/v1/api-keys",
    query: () => ({ organizationId: parameters.org }),
    keeps: (/** @type {ApiKey} */ key) => all.checked || stateOf(key) === "live",
    empty: t.keys.empty,
    signal,
    columns: /** @type {import("./list.js").Column<ApiKey>[]} */ ([
      {
        title: t.fields.name,
        kind: "wide",
        cell: (row) => [name(row.name), row.start === keyStart() ? badge(t.keys.ownKey, "own") : null],
      },
      { title: t.fields.start, cell: (row) => h("code", null, `${row.start}…`) },
      ...(parameters.org
        ? []
        : [
            {
              title: t.fields.organization,
              cell: (/** @type {ApiKey} */ row) =>
                row.organizationId === null
                  ? t.keys.platform
                  : h(
                      "a",
                      { href: `#/organizations/${row.organizationId}` },
                      h("code", null, shorten(row.organizationId)),
                    ),
            },
          ]),
      { title: t.fields.scopes, kind: "number", cell: (row) => scopesText(row.scopes) },
      {
        title: t.fields.status,
        cell: (row) => badge(t.keys.states[stateOf(row)], stateOf(row) === "live" ? "good" : ""),
      },
      { title: t.fields.createdAt, cell: (row) => ago(row.createdAt) },
      { title: t.fields.lastUsedAt, cell: (row) => ago(row.lastUsedAt) },
      { title: t.fields.expiresAt, cell: (row) => ago(row.expiresAt) },
      {
        title: t.fields.createdBy,
        cell: (row) =>
          row.createdBy === "operator" ? t.keys.operator : h("code", { title: row.createdBy }, shorten(row.createdBy)),
      },
      {
        title: t.keys.revoke,
        kind: "action",
        cell: (row) =>
          stateOf(row) === "revoked"
            ? null
            : button(t.keys.revoke, () => revoke(row, () => list.reload()), { class: "quiet small danger" }),
      },
    ]),
  });
  const create = async () => {
    const scopes = await scopesOf(signal);
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.keys.create,
      submit: t.create,
      values: { scopes: scopes.filter((scope) => scope.endsWith(":read")) },
      fields: [
        { name: "name", label: t.fields.name, required: true, maxLength: 200 },
        { name: "expiresAt", label: t.fields.expiresAt, type: "time", hint: t.hints.expiresAt },
        {
          name: "scopes",
          label: t.fields.scopes,
          type: "checks",
          required: true,
          options: scopes.map((scope) => [scope, scope]),
        },
      ],
      request: (values) => ({
        method: "POST",
        path: "/v1/api-keys",
        body: { ...withoutEmpty(values), ...(organization ? { organizationId: organization.id } : {}) },
        idempotencyKey,
      }),
      done: (/** @type {CreatedApiKey} */ created, request) => {
        showSecret({ title: t.keys.created, name: created.name, secret: created.key, copy: t.keys.copyKey }, request);
        list.reload();
      },
    });
  };
  return [
    h(
      "div",
      { class: "title" },
      h("h1", null, organization ? t.keys.title : t.nav.allKeys),
      button(t.keys.create, () => void create(), { class: "primary" }),
    ),
    h("div", { class: "filters" }, h("label", { class: "check" }, all, t.keys.showRevoked)),
    list.element,
  ];
}

/** Shows the first and last characters of an id. @param {string} id */
const shorten = (id) => (id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id);

/** Asks before it revokes a key. @param {ApiKey} key @param {() => void} done */
function revoke(key, done) {
  const descendants = h("input", { type: "checkbox", onchange: () => preview() });
  const result = h("div");
  const command = h("div");
  /** @returns {import("./api.js").ApiRequest} */
  const request = () => ({
    method: "DELETE",
    path: pathOf("api-keys", key.id),
    query: descendants.checked ? { descendants: true } : {},
  });
  const preview = () => replace(command, curlBlock(request()));
  preview();
  openDialog(t.keys.revokeTitle, (close) => {
    const confirm = button(t.keys.revoke, async () => {
      confirm.disabled = true;
      try {
        await send(request());
        close();
        succeeded(t.keys.revoked(key.name), request());
        done();
      } catch (error) {
        replace(result, problem(error));
        confirm.disabled = false;
      }
    });
    confirm.className = "primary danger";
    return [
      h("p", null, h("bdi", null, t.keys.revokeText(key.name))),
      details(key),
      h("label", { class: "check" }, descendants, t.keys.descendants),
      result,
      command,
      h("footer", null, button(t.cancel, close), confirm),
    ];
  });
}

/** @param {ApiKey} key */
const details = (key) =>
  h(
    "p",
    { class: "hint" },
    h("code", null, `${key.start}…`),
    ` ${t.fields.lastUsedAt}: `,
    ago(key.lastUsedAt),
    `, ${t.fields.createdAt}: `,
    when(key.createdAt),
  );
