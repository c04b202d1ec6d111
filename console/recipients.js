/** The recipients of a dock, and their import from CSV files. */
import { get, pathOf, send } from "./api.js";
import { parseCsv } from "./csv.js";
import { openDelete } from "./delete.js";
import { h, replace } from "./dom.js";
import { openEditForm, openForm, succeeded, withoutEmpty } from "./form.js";
import { number } from "./format.js";
import { searchField, table } from "./list.js";
import { t } from "./texts.js";
import { button, message, name, openDialog, optional, problem, when } from "./ui.js";

/** @typedef {import("./api.js").Schemas["Recipient"]} Recipient */
/** @typedef {import("./api.js").Schemas["RecipientError"]} RecipientError */
/** @typedef {import("./pages.js").Context} Context */

/** @type {[string, string][]} */
const CLASSES = Object.entries(t.recipients.classes);

/** Recipients of a request: the maximum of the API. */
const BATCH = 100;

/** Rows of a file. */
const MAX_ROWS = 10_000;

/** @type {import("./inputs.js").Field[]} */
const fields = [
  { name: "name", label: t.fields.name, required: true, maxLength: 200 },
  { name: "email", label: t.fields.email, type: "email", required: true },
  { name: "stakeholderClass", label: t.recipients.class, type: "select", options: [["", t.none], ...CLASSES] },
  { name: "identifiers", label: t.recipients.identifiers, type: "json", hint: t.hints.metadata },
  { name: "partyId", label: t.recipients.partyId, hint: t.recipients.partyHint },
];

/** @param {Context} context */
export function recipientsPage({ parameters, signal }) {
  const path = pathOf("docks", parameters.dock, "recipients");
  const reload = () => list.reload();
  const search = searchField(t.recipients.search, reload);
  const kind = h(
    "select",
    { "aria-label": t.recipients.class, onchange: reload },
    h("option", { value: "" }, `${t.recipients.class}: ${t.all}`),
    ...CLASSES.map(([value, label]) => h("option", { value }, label)),
  );
  /** @param {Recipient} row */
  const party = (row) =>
    row.partyId === null
      ? optional(null)
      : h("a", { href: `#/organizations/${parameters.org}/parties/${row.partyId}` }, h("code", null, row.partyId));
  const list = table({
    label: t.recipients.title,
    path,
    query: () => ({ search: search.value.trim(), stakeholderClass: kind.value }),
    empty: t.recipients.empty,
    signal,
    columns: /** @type {import("./list.js").Column<Recipient>[]} */ ([
      { title: t.fields.name, kind: "wide", cell: (row) => name(row.name) },
      { title: t.fields.email, cell: (row) => optional(row.email) },
      {
        title: t.recipients.class,
        cell: (row) =>
          row.stakeholderClass === null
            ? optional(null)
            : (t.recipients.classes[row.stakeholderClass] ?? row.stakeholderClass),
      },
      { title: t.fields.party, cell: party },
      { title: t.fields.createdAt, cell: (row) => when(row.createdAt) },
      {
        title: t.recipients.actions,
        kind: "action",
        cell: (row) => [
          button(t.edit, () => void edit(row), { class: "quiet small" }),
          button(t.delete.submit, () => remove(row), { class: "quiet small danger" }),
        ],
      },
    ]),
  });
  const create = () => {
    const idempotencyKey = crypto.randomUUID();
    openForm({
      title: t.recipients.create,
      submit: t.create,
      fields,
      values: {},
      request: (values) => ({ method: "POST", path, body: withoutEmpty(values), idempotencyKey }),
      done: (/** @type {Recipient} */ created, request) => {
        succeeded(t.recipients.created(created.name), request);
        reload();
      },
    });
  };
  /** @param {Recipient} row */
  const edit = async (row) => {
    const own = `${path}/${row.id}`;
    try {
      /** @type {import("./api.js").Result<Recipient>} */
      const { data, etag } = await get(own, {}, signal);
      openEditForm({
        title: t.recipients.edit,
        path: own,
        fields,
        resource: data,
        etag,
        done: (changed, request) => {
          succeeded(t.recipients.updated(changed.name), request);
          reload();
        },
      });
    } catch (error) {
      message(t.recipients.edit, { error });
    }
  };
  /** @param {Recipient} row */
  const remove = (row) =>
    openDelete({
      title: t.recipients.delete,
      consequence: t.recipients.deleteText,
      resource: row,
      path: `${path}/${row.id}`,
      etag: null,
      done: reload,
    });
  return [
    h(
      "div",
      { class: "title" },
      h("h1", null, t.recipients.title),
      h(
        "span",
        { class: "buttons" },
        button(t.recipients.import, () => openImport(path, reload)),
        button(t.recipients.create, create, { class: "primary" }),
      ),
    ),
    h("div", { class: "filters" }, search, kind),
    list.element,
  ];
}

/** Columns of a file that are members of a recipient; all others are identifiers. @type {Record<string, string>} */
const COLUMNS = { name: "name", email: "email", stakeholder_class: "stakeholderClass", party_id: "partyId" };

/**
 * Returns the recipients of a CSV text, with their lines.
 *
 * @param {string} text
 * @returns {{ line: number, recipient: Record<string, unknown> }[]}
 */
export function recipientsOf(text) {
  const [head, ...rows] = parseCsv(text);
  const names = head?.fields.map((each) => each.trim()) ?? [];
  for (const required of ["name", "email"])
    if (!names.includes(required)) throw new RangeError(t.recipients.missingColumn(required));
  if (rows.length > MAX_ROWS) throw new RangeError(t.recipients.tooManyRows(number(MAX_ROWS)));
  return rows.map(({ line, fields: values }) => {
    /** @type {[string, string][]} */
    const cells = names.map((column, index) => [column, (values[index] ?? "").trim()]);
    const filled = cells.filter(([, value]) => value !== "");
    const members = filled
      .filter(([column]) => Object.hasOwn(COLUMNS, column))
      .map(([column, value]) => [COLUMNS[column], value]);
    const identifiers = Object.fromEntries(filled.filter(([column]) => !Object.hasOwn(COLUMNS, column)));
    return {
      line,
      recipient: { ...Object.fromEntries(members), ...(Object.keys(identifiers).length > 0 ? { identifiers } : {}) },
    };
  });
}

/** Imports a file: reads it, shows what it contains, and sends it in batches. @param {string} path @param {() => void} done */
function openImport(path, done) {
  const file = h("input", { id: "file", type: "file", accept: ".csv,text/csv", onchange: () => void read() });
  const result = h("div", { role: "status" });
  const start = button(t.recipients.start, () => void run(), { class: "primary" });
  start.disabled = true;
  /** @type {ReturnType<typeof recipientsOf>} */
  let rows = [];
  let batchKey = "";
  const read = async () => {
    const chosen = file.files?.[0];
    start.disabled = true;
    if (!chosen) return;
    try {
      rows = recipientsOf(await chosen.text());
      // The same keys for the same file: a repetition creates what is missing.
      batchKey = crypto.randomUUID();
      replace(result, h("p", null, t.recipients.found(number(rows.length))));
      start.disabled = rows.length === 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      replace(result, h("p", { class: "problem" }, error.message));
    }
  };
  const run = async () => {
    start.disabled = true;
    let created = 0;
    /** @type {{ line: number, error: RecipientError }[]} */
    const failed = [];
    try {
      for (let first = 0; first < rows.length; first += BATCH) {
        replace(result, h("p", null, t.recipients.progress(number(first), number(rows.length))));
        const batch = rows.slice(first, first + BATCH);
        const body = { recipients: batch.map(({ recipient }) => recipient) };
        /** @type {import("./api.js").Result<{ success: number, errors: RecipientError[] }>} */
        const { data } = await send({
          method: "POST",
          path: `${path}/batch`,
          body,
          idempotencyKey: `${batchKey}-${first}`,
        });
        created += data.success;
        failed.push(...data.errors.map((error) => ({ line: batch[error.index].line, error })));
      }
      const list = failed.map(({ line, error }) =>
        h("li", null, `${t.recipients.line(line)}: `, h("code", null, error.code), " ", h("bdi", null, error.message)),
      );
      replace(
        result,
        h("p", null, t.recipients.imported(number(created), number(failed.length))),
        h("ul", null, ...list),
      );
    } catch (error) {
      replace(result, problem(error));
      start.disabled = false;
    }
    done();
  };
  openDialog(t.recipients.import, (close) => [
    h("p", { class: "hint" }, t.recipients.columns),
    h("div", { class: "field" }, h("label", { for: "file" }, t.recipients.file), file),
    result,
    h("footer", null, button(t.close, close), start),
  ]);
}
