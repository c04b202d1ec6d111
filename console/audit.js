/** The audit trail as sentences. */
import { get, isAborted } from "./api.js";
import { h, replace } from "./dom.js";
import { saveCsv, saveJson } from "./download.js";
import { fromInput, number } from "./format.js";
import { stringify } from "./json.js";
import { searchField, table } from "./list.js";
import { t } from "./texts.js";
import { button, identifier, problem, when } from "./ui.js";

/** @typedef {import("./api.js").Schemas["AuditEntry"]} AuditEntry */
/** @typedef {import("./api.js").Schemas["ListMeta"]} Meta */
/** @typedef {import("./pages.js").Context} Context */

/** Members that every change has, and that say nothing about it. */
const UNREMARKABLE = new Set(["updatedAt", "version"]);

/** Changes that the filter offers. @type {import("./api.js").Schemas["AuditedAction"][]} */
const ACTIONS = [
  "organization.created",
  "organization.updated",
  "organization.deleted",
  "dock.created",
  "dock.updated",
  "dock.deleted",
  "party.created",
  "party.updated",
  "party.deleted",
  "party.role.assigned",
  "party.role.revoked",
  "recipient.created",
  "recipient.updated",
  "recipient.deleted",
  "api_key.created",
  "api_key.updated",
  "api_key.revoked",
];

/** Entries that an export contains at most. */
const EXPORTED = 10_000;

/** @param {string} type @param {string} id @param {string | null} organization */
function addressOf(type, id, organization) {
  const base = `#/organizations/${organization}`;
  if (type === "organization") return `#/organizations/${id}`;
  if (organization === null) return null;
  return { party: `${base}/parties/${id}`, dock: `${base}/docks/${id}`, api_key: `${base}/keys` }[type] ?? null;
}

/** An id, as a link if the resource has a page. @param {string} type @param {string} id @param {string | null} organization */
function reference(type, id, organization) {
  const href = addressOf(type, id, organization);
  const code = h("code", null, h("bdi", null, id));
  return href !== null && /^[A-Za-z0-9_]+$/.test(id) ? h("a", { href }, code) : code;
}

/** The entry as a sentence. @param {AuditEntry} entry */
function sentence(entry) {
  const { actor, action, entityType, entityId, organizationId, changes } = entry;
  // `party.role.assigned` is the verb "assigned".
  const verb = action.split(".").at(-1) ?? action;
  const after = changes?.after ?? changes?.before;
  const label = typeof after?.name === "string" ? [" ", h("bdi", { class: "name" }, `“${after.name}”`)] : null;
  const role =
    typeof after?.role === "string" && typeof after?.partyId === "string"
      ? [
          " ",
          h("strong", null, after.role),
          ` ${t.audit.of} `,
          reference("party", after.partyId, organizationId),
          ` ${t.audit.in} `,
          reference("dock", String(after.dockId ?? entry.dockId), organizationId),
        ]
      : null;
  return h(
    "p",
    { class: "sentence" },
    t.audit.actors[/** @type {keyof typeof t.audit.actors} */ (actor.type)] ?? actor.type,
    " ",
    reference(actor.type, actor.id, organizationId),
    " ",
    h("strong", null, verb),
    ` ${t.audit.types[/** @type {keyof typeof t.audit.types} */ (entityType)] ?? entityType}`,
    label,
    role ?? [" ", reference(entityType, entityId, organizationId)],
  );
}

/** @param {unknown} value */
const shown = (value) =>
  value === undefined
    ? h("span", { class: "faint" }, t.noValue)
    : typeof value === "string"
      ? h("bdi", null, value)
      : h("code", null, stringify(value));

/** The members that differ. @param {AuditEntry} entry */
function difference({ changes }) {
  const [before, after] = [changes?.before ?? {}, changes?.after ?? {}];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !UNREMARKABLE.has(name));
  if (names.length === 0) return null;
  const rows = names.map((name) =>
    h(
      "tr",
      null,
      h("th", { scope: "row" }, h("bdi", null, name)),
      h("td", null, shown(before[name])),
      h("td", null, shown(after[name])),
    ),
  );
  const head = [t.audit.member, t.audit.before, t.audit.after].map((title) => h("th", { scope: "col" }, title));
  return h(
    "div",
    { class: "scroll" },
    h("table", { class: "difference" }, h("thead", null, h("tr", null, ...head)), h("tbody", null, ...rows)),
  );
}

/** @param {AuditEntry} entry */
const details = (entry) =>
  h(
    "details",
    { class: "entry" },
    h("summary", null, sentence(entry)),
    difference(entry),
    h(
      "p",
      { class: "hint" },
      `${t.problem.requestId}: `,
      identifier(entry.requestId),
      entry.ipAddress ? ` ${t.audit.from} ${entry.ipAddress}` : null,
      entry.userAgent ? [" ", h("bdi", null, entry.userAgent)] : null,
    ),
  );

/** @param {Context} context */
export function auditPage({ parameters, query: address, signal }) {
  const reload = () => list.reload();
  const actor = searchField(t.audit.actor, reload, { value: address.get("actorId") ?? "", maxlength: 256 });
  const entity = searchField(t.audit.entity, reload, { value: address.get("entityId") ?? "", maxlength: 256 });
  const type = select(t.audit.type, t.audit.types, reload);
  const action = select(t.audit.action, Object.fromEntries(ACTIONS.map((each) => [each, each])), reload);
  const [from, to] = [t.audit.from, t.audit.to].map((label) =>
    h("input", { type: "datetime-local", "aria-label": `${label} (UTC)`, onchange: reload }),
  );
  const query = () => ({
    organizationId: parameters.org,
    actorId: actor.value.trim(),
    entityId: entity.value.trim(),
    entityType: type.value,
    action: action.value,
    from: fromInput(from.value)?.toISOString(),
    to: fromInput(to.value)?.toISOString(),
  });
  const list = table({
    label: t.audit.title,
    path: "/v1/audit/logs",
    query,
    empty: t.audit.empty,
    signal,
    columns: /** @type {import("./list.js").Column<AuditEntry>[]} */ ([
      { title: t.audit.time, cell: (row) => when(row.createdAt) },
      { title: t.audit.change, kind: "text", cell: details },
    ]),
  });
  const result = h("div");
  /** @param {(entries: AuditEntry[]) => void} saveAs */
  const download = async (saveAs) => {
    replace(result, h("p", { class: "hint" }, t.loading));
    try {
      const entries = await everyEntry(query(), signal);
      saveAs(entries);
      const isCut = entries.length >= EXPORTED;
      replace(result, h("p", { class: "hint" }, (isCut ? t.audit.cut : t.audit.exported)(number(entries.length))));
    } catch (error) {
      if (!isAborted(error)) replace(result, problem(error));
    }
  };
  const csv = button(t.audit.csv, () => void download((entries) => saveCsv("audit.csv", HEAD, entries.map(rowOf))));
  const json = button(t.audit.json, () => void download((entries) => saveJson("audit.json", entries)));
  return [
    h("div", { class: "title" }, h("h1", null, t.audit.title), h("span", { class: "buttons" }, csv, json)),
    h(
      "div",
      { class: "filters" },
      type,
      action,
      actor,
      entity,
      h("label", null, t.audit.from, " ", from),
      h("label", null, t.audit.to, " ", to),
    ),
    result,
    list.element,
  ];
}

const HEAD = [
  "id",
  "createdAt",
  "actorType",
  "actorId",
  "action",
  "entityType",
  "entityId",
  "dockId",
  "requestId",
  "ipAddress",
  "before",
  "after",
];

/** @param {AuditEntry} entry */
const rowOf = ({ id, createdAt, actor, action, entityType, entityId, dockId, requestId, ipAddress, changes }) => [
  id,
  createdAt,
  actor.type,
  actor.id,
  action,
  entityType,
  entityId,
  dockId,
  requestId,
  ipAddress,
  changes?.before,
  changes?.after,
];

/** Reads all pages. @param {import("./api.js").Query} query @param {AbortSignal} signal */
async function everyEntry(query, signal) {
  /** @type {AuditEntry[]} */
  const entries = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {import("./api.js").Result<{ data: AuditEntry[], meta: Meta }>} */
    const { data } = await get("/v1/audit/logs", { ...query, limit: 100, cursor }, signal);
    entries.push(...data.data);
    cursor = data.meta.nextCursor ?? null;
  } while (cursor !== null && entries.length < EXPORTED);
  return entries;
}

/** @param {string} label @param {Record<string, string>} options @param {() => void} onchange */
const select = (label, options, onchange) =>
  h(
    "select",
    { "aria-label": label, onchange },
    h("option", { value: "" }, `${label}: ${t.all}`),
    ...Object.entries(options).map(([value, text]) => h("option", { value }, text)),
  );
