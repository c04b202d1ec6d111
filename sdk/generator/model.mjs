// Derives what the SDKs offer from the contract: resources with methods, schemas and error codes. It has no knowledge of
// single endpoints, so a new endpoint appears in every SDK by generating again.

const METHODS = ["get", "put", "post", "delete", "patch"];

/** Members of responses that are credentials. Their values are shown in no output for people. */
const SECRET_NAMES = /^(key|secret|clientSecret|access_token|refresh_token)$/;

/** The largest page that an iteration requests. */
const LARGEST_PAGE = 1000;

/**
 * @param {object} contract the parsed openapi.json
 * @param {Record<string, string | null>} names method names by operationId, where the derived name does not read well; `null`
 * for an operation without a method
 */
export function modelOf(contract, names = {}) {
  const resources = new Map(contract.tags.map((tag) => [tag.name, resourceOf(tag)]));
  const unused = new Set(Object.keys(names));
  for (const [path, item] of Object.entries(contract.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const source = item[method];
      if (source.tags?.length !== 1) throw new Error(`${source.operationId} must have exactly one tag`);
      const [tag] = source.tags;
      if (!resources.has(tag)) resources.set(tag, resourceOf({ name: tag }));
      const resource = resources.get(tag);
      unused.delete(source.operationId);
      // An operation without a method, because the SDKs cannot send its body.
      if (names[source.operationId] === null) continue;
      const parameters = [...(item.parameters ?? []), ...(source.parameters ?? [])].map((one) => resolve(contract, one));
      const operation = operationOf(contract, { path, method, source, parameters });
      operation.name = names[operation.id] ?? nameOf(operation.id, resource.tag);
      resource.operations.push(operation);
    }
  }
  if (unused.size > 0) throw new Error(`names.json names unknown operations: ${[...unused].join(", ")}`);
  const filled = [...resources.values()].filter((resource) => resource.operations.length > 0);
  for (const resource of filled) finish(resource);
  return {
    version: contract.info.version,
    resources: filled,
    schemas: Object.entries(contract.components.schemas).map(([name, schema]) => ({ name, description: schema.description ?? "" })),
    errorCodes: contract.components.schemas.ErrorCode["x-extensible-enum"],
    errors: errorsOf(contract),
  };
}

function resourceOf(tag) {
  return { tag: tag.name, name: camel(tag.name), className: pascal(tag.name), description: tag.description ?? `Operations of \`${tag.name}\`.`, operations: [] };
}

/** Gives reads and updates of one path to each other, and rejects names that occur twice. */
function finish(resource) {
  const seen = new Set();
  for (const operation of resource.operations) {
    if (seen.has(operation.name)) throw new Error(`${resource.tag}: two methods have the name ${operation.name}: use names.json`);
    seen.add(operation.name);
    const read = resource.operations.find((other) => other.method === "GET" && other.path === operation.path);
    operation.read = operation.method === "PATCH" && operation.ifMatch && read ? read.name : null;
  }
}

function operationOf(contract, { path, method, source, parameters }) {
  const header = (name) => parameters.some((one) => one.in === "header" && one.name.toLowerCase() === name);
  const response = responseOf(contract, source);
  const query = parameters.filter((one) => one.in === "query");
  const idempotencyKey = header("idempotency-key");
  // A POST that requires a scope to read has no effect. A merge patch can be applied twice; other patches are conditional.
  const reads = (source["x-required-scope"] ?? "").endsWith(":read");
  const repeatable = { post: reads, patch: header("if-match") }[method] ?? true;
  return {
    id: source.operationId,
    path,
    method: method.toUpperCase(),
    summary: source.summary,
    description: source.description ?? "",
    pathParameters: parametersOf(path).map((name) => {
      const declared = parameters.find((one) => one.in === "path" && one.name === name);
      if (!declared) throw new Error(`${source.operationId}: the path parameter ${name} is not declared`);
      return { name, variable: camel(name), description: declared.description ?? "" };
    }),
    query: query.map((one) => ({ name: one.name, schema: one.schema, description: one.description ?? "", required: one.required === true })),
    body: bodyOf(source),
    response,
    paging: pagingOf(contract, query, response),
    repeat: idempotencyKey ? "with-key" : repeatable ? "always" : "never",
    idempotencyKey,
    ifMatch: header("if-match"),
    fresh: header("cache-control"),
    prefer: header("prefer"),
    authenticated: (source.security ?? contract.security ?? []).length > 0,
    secrets: secretsOf(contract, response),
  };
}

/** The names in braces, in the order of the path. */
function parametersOf(path) {
  return [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
}

function bodyOf(source) {
  const content = source.requestBody?.content;
  if (!content) return null;
  const json = content["application/json"];
  if (!json) throw new Error(`${source.operationId}: no JSON body, but ${Object.keys(content).join(", ")}: see names.json`);
  const schema = schemaName(json.schema);
  if (!schema) throw new Error(`${source.operationId}: the body has no schema of its own name`);
  return { schema, required: source.requestBody.required === true };
}

function responseOf(contract, source) {
  const success = Object.entries(source.responses).filter(([status]) => /^2/.test(status));
  const bodies = success.map(([status, one]) => ({ status, content: resolve(contract, one).content })).filter((one) => one.content);
  if (bodies.length === 0) return { kind: "none", status: success[0]?.[0], type: null, schema: null };
  const all = bodies.map(({ status, content }) => {
    const types = Object.keys(content);
    const type = types.find((one) => /[/+]json$/.test(one)) ?? types[0];
    return { status, type, kind: /[/+]json$/.test(type) ? "json" : "text", schema: schemaName(content[type].schema) };
  });
  const [first, ...others] = all;
  const different = others.find((one) => one.kind !== first.kind || one.schema !== first.schema);
  if (different) return { ...first, alternatives: all.map((one) => one.schema) };
  return first;
}

/** How to get from a page to the next one: the query parameter, the member with its value, and the member with the rows. */
function pagingOf(contract, query, response) {
  const properties = contract.components.schemas[response.schema]?.properties;
  if (!properties) return null;
  const parameter = (name) => query.some((one) => one.name === name);
  const rows = Object.entries(properties).filter(([, schema]) => schema.type === "array");
  if (rows.length !== 1) return null;
  const [member, schema] = rows[0];
  const row = schemaName(schema.items);
  const largest = (name) => Math.min(query.find((one) => one.name === name)?.schema?.maximum ?? LARGEST_PAGE, LARGEST_PAGE);
  if (parameter("cursor") && properties.meta) {
    return { parameter: "cursor", next: ["meta", "nextCursor"], rows: member, row, size: "limit", largest: largest("limit"), drop: ["offset", "anchor"] };
  }
  if (parameter("pageToken") && properties.nextPageToken) {
    return { parameter: "pageToken", next: ["nextPageToken"], rows: member, row, size: "pageSize", largest: largest("pageSize"), drop: [] };
  }
  return null;
}

function secretsOf(contract, response) {
  const properties = contract.components.schemas[response.schema]?.properties ?? {};
  return Object.entries(properties)
    .filter(([name, schema]) => [schema.type].flat().includes("string") && (SECRET_NAMES.test(name) || /shown only once/i.test(schema.description ?? "")))
    .map(([name]) => name);
}

/** The codes that operations document, with their status. */
function errorsOf(contract) {
  const known = new Set(contract.components.schemas.ErrorCode["x-extensible-enum"]);
  const statuses = new Map();
  for (const item of Object.values(contract.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      for (const [status, response] of Object.entries(item[method].responses)) {
        for (const [, code] of (response.description ?? "").matchAll(/`([A-Z][A-Z_]+)`/g)) {
          if (!known.has(code)) continue;
          if (statuses.has(code) && statuses.get(code) !== status) throw new Error(`${code} has the statuses ${statuses.get(code)} and ${status}`);
          statuses.set(code, status);
        }
      }
    }
  }
  const errors = [...statuses].map(([code, status]) => ({ code, status: Number(status), className: errorClass(code) }));
  return errors.sort((one, other) => one.status - other.status || (one.code < other.code ? -1 : 1));
}

/** `ROLE_ALREADY_ASSIGNED` is `RoleAlreadyAssignedError`, and `INTERNAL_ERROR` is `InternalError`. */
function errorClass(code) {
  return pascal(code.toLowerCase().replace(/_error$/, "")) + "Error";
}

function resolve(contract, value) {
  if (!value.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((node, key) => node[key], contract);
}

function schemaName(schema) {
  return schema?.$ref?.split("/").at(-1) ?? null;
}

/**
 * The name of a method: the operationId without the words of the resource. `createApiKey` of `api-keys` is `create`, and
 * `listLedgerParties` of `ledger` is `listParties`.
 */
export function nameOf(operationId, tag) {
  const words = wordsOf(operationId);
  for (const noun of [wordsOf(tag), singular(wordsOf(tag))]) {
    const at = words.findIndex((_, index) => noun.every((word, offset) => words[index + offset] === word));
    if (at < 0) continue;
    const rest = [...words.slice(0, at), ...words.slice(at + noun.length)];
    if (rest.length > 0) return camel(rest.join("-"));
  }
  return camel(words.join("-"));
}

function singular(words) {
  const last = words.at(-1).replace(/ies$/, "y").replace(/(?<!s)s$/, "");
  return [...words.slice(0, -1), last];
}

export function wordsOf(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase().split(/[-_ ]+/).filter(Boolean);
}

export function camel(name) {
  const text = pascal(name);
  return text[0].toLowerCase() + text.slice(1);
}

export function pascal(name) {
  return wordsOf(name).map((word) => word[0].toUpperCase() + word.slice(1)).join("");
}

export function snake(name) {
  return wordsOf(name).join("_");
}
